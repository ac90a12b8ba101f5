"""Programs that use memory that none of their processes maps, or hide the process that maps it."""

import pytest
from tests.sandboxes.hostile.conftest import Attack

from codesteer.sandboxes.execution import MEBIBYTE, ExecutionStatus, Limits

LIMITS = Limits(memory_bytes=256 * MEBIBYTE, disk_bytes=16 * MEBIBYTE, wall_seconds=20, processes=40)
"""Every attack tries to hold ``GOAL`` bytes for a second."""
TOOLS = """
import array, fcntl, mmap, signal, threading
GOAL = 700 << 20
hidden, kept = 0, []
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

def mapped(size, flags, file=-1, protection=3):
    address = libc.mmap(None, size, protection, flags, file, 0)
    if address in (None, ctypes.c_void_p(-1).value): raise OSError(ctypes.get_errno(), "mmap")
    return address

def fill(step):
    # until the goal is reached or the kernel refuses
    global hidden
    try:
        while hidden < GOAL: hidden += step()
    except OSError as error:
        print("refused", error, flush=True)

def hold():
    print(hidden >> 20, "MiB", flush=True)
    time.sleep(1)
    if hidden >= GOAL: escaped("memory")

def stuff(send, size):
    # until the buffer is full or one process's share is reached
    got = 0
    try:
        while got < 50 << 20: got += send(bytes(size))
    except BlockingIOError: pass
    return got

def in_processes(number, work):
    # each process holds its share; the goal is reached if all are alive at the end
    readable, writable = os.pipe()
    for _ in range(number):
        if os.fork() == 0:
            os.close(readable)
            try: size = work()
            except OSError: size = 0
            os.write(writable, struct.pack("q", size))
            time.sleep(30)
            os._exit(0)
    os.close(writable)
    return sum(struct.unpack("q", os.read(readable, 8))[0] for _ in range(number))
"""
PARTLY_UNMAPPED = """
def step():
    address = mapped(32 << 20, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)
    ctypes.memset(address, 1, 32 << 20)
    libc.munmap(address + 4096, (32 << 20) - 4096)
    return 32 << 20
fill(step)
hold()
"""
DISCARDED_BY_MADVISE = PARTLY_UNMAPPED.replace(
    "libc.munmap(address + 4096, (32 << 20) - 4096)", "libc.madvise(address, 32 << 20, 4)"
)
VALIDATED = PARTLY_UNMAPPED.replace("mmap.MAP_SHARED |", "3 |")
DEV_ZERO = """
def step():
    with open("/dev/zero", "r+b", buffering=0) as zero: address = mapped(32 << 20, mmap.MAP_SHARED, zero.fileno())
    ctypes.memset(address, 1, 32 << 20)
    libc.munmap(address + 4096, (32 << 20) - 4096)
    return 32 << 20
fill(step)
hold()
"""
DEV_ZERO_READ = """
def step():
    with open("/dev/zero", "rb", buffering=0) as zero: address = mapped(32 << 20, mmap.MAP_SHARED, zero.fileno(), 1)
    for offset in range(0, 32 << 20, 4096): ctypes.c_char.from_address(address + offset).value
    libc.munmap(address + 4096, (32 << 20) - 4096)
    return 32 << 20
fill(step)
hold()
"""
HUGE_PAGES = """
fill(lambda: ctypes.memset(mapped(2 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000), 1, 2 << 20) and 2 << 20)
hold()
"""
UNLINKED_FILES = """
def step():
    file = os.open(".", os.O_TMPFILE | os.O_RDWR) if len(kept) % 2 else os.open("x", os.O_CREAT | os.O_RDWR)
    if os.path.exists("x"): os.remove("x")
    kept.append(file)
    return os.write(file, bytes(4 << 20))
fill(step)
hold()
"""
SHARED_MEMORY_FILES = """
from multiprocessing import shared_memory
def step():
    block = shared_memory.SharedMemory(create=True, size=8 << 20)
    os.posix_fallocate(block._fd, 0, 8 << 20)
    kept.append(block)
    return 8 << 20
try: fill(step)
finally: hold()
"""
SPLICED_INTO_PIPES = """
class Vector(ctypes.Structure): _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))
number = {"x86_64": 278, "aarch64": 75}[os.uname().machine]
def step():
    # a pipe that holds one small page of each huge page holds them all
    readable, writable = os.pipe()
    kept.append((readable, writable))
    got = 0
    for _ in range(8):
        address = mapped(4 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        libc.madvise(address, 4 << 20, 14)
        ctypes.memset(address, 1, 4 << 20)
        vector = Vector(-(-address // (2 << 20)) * (2 << 20), 4096)
        if libc.syscall(number, writable, ctypes.byref(vector), 1, 0) < 0: raise OSError(ctypes.get_errno(), "vmsplice")
        libc.munmap(address, 4 << 20)
        got += 2 << 20
    return got
fill(step)
hold()
"""
TRUNCATED_IN_A_PIPE = """
def work():
    got, file = 0, os.open("f%d" % os.getpid(), os.O_CREAT | os.O_RDWR)
    for _ in range(110):
        ours = os.pipe()
        kept.append(ours)
        os.ftruncate(file, 0); os.pwrite(file, bytes(65536), 0)
        got += os.splice(file, ours[1], 65536, offset_src=0) * 4
    os.ftruncate(file, 0)
    return got
os.splice
hidden = in_processes(30, work)
hold()
"""
SENT_FROM_A_FILE = """
def work():
    got, file = 0, os.open("f%d" % os.getpid(), os.O_CREAT | os.O_RDWR)
    for _ in range(40):
        one, other = socket.socketpair()
        kept.append((one, other)); one.setblocking(False)
        try:
            while got < 50 << 20:
                os.ftruncate(file, 0); os.pwrite(file, bytes(65536), 0)
                for offset in range(0, 65536, 4096): os.sendfile(one.fileno(), file, offset, 1); got += 4096
        except BlockingIOError: pass
    return got
hidden = in_processes(30, work)
hold()
"""
LARGE_SOCKET_BUFFERS = """
def work():
    got = 0
    for _ in range(60):
        one, other = socket.socketpair()
        kept.append((one, other)); one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, OPTION, 4 << 20)
        got += stuff(one.send, 65536)
    return got
hidden = in_processes(10, work)
hold()
"""
DEFAULT_SOCKET_BUFFERS = """
def work():
    got = 0
    for _ in range(110):
        kept.append(socket.socketpair())
        for end in kept[-1]:
            end.setblocking(False)
            got += stuff(end.send, 16384)
    return got
hidden = in_processes(30, work)
hold()
"""
LARGE_PIPES = """
def work():
    got = 0
    for _ in range(100):
        ours = os.pipe()
        kept.append(ours); os.set_blocking(ours[1], False)
        fcntl.fcntl(ours[1], 1031, 1 << 20)
        got += stuff(lambda block: os.write(ours[1], block), 65536)
    return got
hidden = in_processes(10, work)
hold()
"""
DEFAULT_PIPES = """
def work():
    got = 0
    for _ in range(110):
        ours = os.pipe()
        kept.append(ours); os.set_blocking(ours[1], False)
        got += stuff(lambda block: os.write(ours[1], block), 4096)
    return got
hidden = in_processes(30, work)
GOAL = 24 << 20
hold()
"""
IN_FLIGHT = """
def work():
    got = 0
    for _ in range(100):
        one, other = socket.socketpair()
        ours = socket.socketpair()
        ours[0].setblocking(False)
        got += stuff(ours[0].send, 16384)
        socket.send_fds(one, [b"x"], [end.fileno() for end in ours])
        kept.append((one, other))
        for end in ours: end.close()
    return got
hidden = in_processes(30, work)
hold()
"""
MAIN_THREADS_EXITED = """
NAME = None
def work():
    blocks = [bytearray(b"x") * (10 << 20) for _ in range(SHARE)]
    os.write(writable, b"x")
    time.sleep(1)
    os._exit(0)
readable, writable = os.pipe()
for _ in range(720 // 10 // SHARE):
    if os.fork() == 0:
        os.close(readable)
        threading.Thread(target=work).start()
        if NAME: libc.prctl(15, NAME, 0, 0, 0)
        libc.syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
os.close(writable)
while os.read(readable, 1): hidden += SHARE * 10 << 20
hold()
"""
MAIN_THREAD_EXITED = """
def rest():
    time.sleep(0.1)
    blocks = [bytearray(b"x") * (10 << 20) for _ in range(70)]
    time.sleep(1)
    escaped("memory")
    os._exit(0)
threading.Thread(target=rest).start()
libc.syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
"""
UNDUMPABLE = """
libc.prctl(4, 0, 0, 0, 0)
def work():
    kept.append(bytearray(b"x") * (70 << 20))
    return 70 << 20
hidden = in_processes(10, work)
hold()
"""
UNREADABLE_EXECUTABLE = """
source = os.path.realpath(sys.executable)
with open(os.open("python", os.O_CREAT | os.O_WRONLY, 0o111), "wb") as file: file.write(open(source, "rb").read())
os.environ["PYTHONHOME"] = sys.base_prefix
code = "import os,time\\nfor _ in range(9):\\n  if os.fork()==0: break\\n"
code += "x=bytearray(b'x')*(70<<20)\\ntime.sleep(2)\\nprint('ESC'+'APED')"
os.execv("./python", ["python", "-S", "-c", code])
"""
MANY_MAPPINGS = """
# the kernel's own memory for 64,000 mappings, again for each process, and more the longer the line of its ancestors
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
number, depth = 64_000, 0
address = mapped(number << 12, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
ctypes.memset(address, 1, 1)
for page in range(0, number, 2): libc.mprotect(address + (page << 12), 4096, 1)
def fork():
    global depth
    if os.fork() if IN_LINE else os.fork() == 0:
        time.sleep(30); os._exit(0)
    depth += IN_LINE
    return number * (400 + 70 * depth)
fill(fork)
hold()
"""
SHARED_COUNTER = """
from multiprocessing import Process, Value
value = Value("i", 0)
def add():
    with value.get_lock(): value.value += 1
processes = [Process(target=add) for _ in range(4)]
for process in processes: process.start()
for process in processes: process.join()
print(value.value)
"""
SEPARATORS = {
    "vertical tab": "\v",
    "form feed": "\f",
    "carriage return": "\r",
    "file separator": "\x1c",
    "next line": "\x85",
    "line separator": "\u2028",
    "line feed": "\n",
    "backslash and n": "\\n",
}
ATTACKS = {
    "shared and partly unmapped": PARTLY_UNMAPPED,
    "shared and discarded by madvise": DISCARDED_BY_MADVISE,
    "shared with validation": VALIDATED,
    "zero device": DEV_ZERO,
    "zero device read only": DEV_ZERO_READ,
    "huge pages": HUGE_PAGES,
    "unlinked files": UNLINKED_FILES,
    "shared memory files": SHARED_MEMORY_FILES,
    "pages spliced into pipes": SPLICED_INTO_PIPES,
    "truncated file in pipes": TRUNCATED_IN_A_PIPE,
    "truncated file in sockets": SENT_FROM_A_FILE,
    "larger send buffers": f"OPTION = socket.SO_SNDBUF{LARGE_SOCKET_BUFFERS}",
    "larger send buffers forced": f"OPTION = 32{LARGE_SOCKET_BUFFERS}",
    "larger receive buffers": f"OPTION = socket.SO_RCVBUF{LARGE_SOCKET_BUFFERS}",
    "many sockets": DEFAULT_SOCKET_BUFFERS,
    "larger pipes": LARGE_PIPES,
    "many pipes": DEFAULT_PIPES,
    "sockets in flight": IN_FLIGHT,
    "main thread exited": MAIN_THREAD_EXITED,
    "main threads exited": f"SHARE = 9{MAIN_THREADS_EXITED}",
    "main thread exited in many processes": f"SHARE = 3{MAIN_THREADS_EXITED}",
    **{
        f"main thread exited, status forged with {name}": f"SHARE = 72{MAIN_THREADS_EXITED}".replace(
            "NAME = None", f"NAME = {f'{separator}VmRSS: 1 kB'.encode()!r}"
        )
        for name, separator in SEPARATORS.items()
    },
    "many mappings": f"IN_LINE = False{MANY_MAPPINGS}",
    "many mappings inherited in line": f"IN_LINE = True{MANY_MAPPINGS}",
    "undumpable processes": UNDUMPABLE,
    "unreadable executable": UNREADABLE_EXECUTABLE,
}


@pytest.mark.parametrize("program", ATTACKS.values(), ids=ATTACKS)
async def test_all_memory_counts_towards_the_limit(attack: Attack, program: str) -> None:
    result = await attack(TOOLS + program, LIMITS)
    assert result.status is not ExecutionStatus.TIMEOUT, result
    if result.status is ExecutionStatus.ERROR:  # denied by the sandbox, not caused by a bug in the attack
        assert "Error: [Errno" in result.stderr or "no attribute 'splice'" in result.stderr, result


async def test_forks_can_share_memory_within_the_limit(attack: Attack) -> None:
    result = await attack(SHARED_COUNTER, LIMITS)
    assert result.stdout == "4\n" or "Permission denied: '/dev/shm" in result.stderr  # restricted
