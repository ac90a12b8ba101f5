"""The system calls that programs must not use, with their numbers on each supported architecture."""

from collections.abc import Mapping
from dataclasses import dataclass

from codesteer.errors import SandboxUnavailableError

# name: (x86_64, aarch64); None if the architecture does not have the call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # other processes' memory and descriptors
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # kernel subsystems with a long record of vulnerabilities
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "lookup_dcookie": (212, 18),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "_sysctl": (156, None),
    "sysfs": (139, None),
    "ustat": (136, None),
    "nfsservctl": (180, 42),
    "personality": (135, 92),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "seccomp": (317, 277),
    # mounts, namespaces and roots
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # system administration
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, None),
    "ioperm": (173, None),
    "vhangup": (153, 58),
    "sync": (162, 81),
    "syncfs": (306, 267),
    # resources that the kernel limits per user or per machine, so that other processes would run out of them
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "io_setup": (206, 0),
    "io_destroy": (207, 1),
    "io_submit": (209, 2),
    "io_cancel": (210, 3),
    "io_getevents": (208, 4),
    "io_pgetevents": (333, 292),
    # locks on files that other processes can open
    "flock": (73, 32),
    # pages that stay in a pipe or socket after they are unmapped or truncated, and buffers of arbitrary size
    "vmsplice": (278, 75),
    "splice": (275, 76),
    "tee": (276, 77),
    "sendfile": (40, 71),
    "setsockopt": (54, 208),
    # descriptors in flight through a socket, which the watchdog cannot see
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    # memory and messages that no limit covers and that outlive a process
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semctl": (66, 191),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgctl": (71, 187),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    # the network; without socket() the other calls have no descriptor to use
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
}

# Calls that affect the user's other files and processes and that Landlock does not restrict.
_DENIED_IN_HOST_NAMESPACES: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
}
# Their first argument is a process id; 0 is the caller.
_SELF_ONLY: dict[str, tuple[int | None, int | None]] = {
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
}
# Allowed or denied by their arguments.
_ARGUMENT_CHECKED: dict[str, tuple[int, int]] = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
    "mmap": (9, 222),
    "prctl": (157, 167),
    "socketpair": (53, 199),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyscallTable:
    """The system call numbers of one architecture."""

    audit_architecture: int
    """The kernel's AUDIT_ARCH value of the architecture."""
    denied: tuple[int, ...]
    """Calls that fail with EPERM."""
    denied_in_host_namespaces: tuple[int, ...]
    """Calls that also fail with EPERM for programs in the host's namespaces."""
    self_only: tuple[int, ...]
    """Calls whose first argument must be 0, the caller, for programs in the host's namespaces."""
    argument_checked: Mapping[str, int]
    """Calls that are allowed or denied by their arguments, by name."""
    highest_known: int
    """Highest known call number; newer calls fail with ENOSYS, as on an older kernel."""


def table_for(architecture: str) -> SyscallTable:
    """Return the table for an architecture, named as in ``os.uname().machine``.

    Raises:
        SandboxUnavailableError: the architecture is neither x86_64 nor aarch64.
    """
    if architecture == "x86_64":
        return _table(0xC000003E, column=0)
    if architecture == "aarch64":
        return _table(0xC00000B7, column=1)
    message = f"there is no system call filter for {architecture}: choose the sandbox e2b or docker"
    raise SandboxUnavailableError(message)


def _table(audit_architecture: int, *, column: int) -> SyscallTable:
    return SyscallTable(
        audit_architecture=audit_architecture,
        denied=_column(_DENIED, column),
        denied_in_host_namespaces=_column(_DENIED_IN_HOST_NAMESPACES, column),
        self_only=_column(_SELF_ONLY, column),
        argument_checked={name: numbers[column] for name, numbers in _ARGUMENT_CHECKED.items()},
        highest_known=456,
    )


def _column(calls: dict[str, tuple[int | None, int | None]], column: int) -> tuple[int, ...]:
    return tuple(number for both in calls.values() if (number := both[column]) is not None)
