/* Browsers start no worker from a page on disk. There, run the search's worker in a hidden frame instead. */
(() => {
  if (location.protocol !== "file:") return;

  class IFrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.documentElement.append(this.frame);
      addEventListener("message", ({ source, data }) => {
        if (source === this.frame.contentWindow) this.dispatchEvent(new MessageEvent("message", { data }));
      });
      const inner = this.frame.contentDocument;
      inner.open();
      inner.write("<!doctype html><body></body>");
      inner.close();
      const answer = inner.createElement("script");
      answer.textContent = "self.postMessage = data => parent.postMessage(data, '*');";
      const worker = inner.createElement("script");
      worker.src = url;
      worker.onload = () => this.start();
      inner.body.append(answer, worker);
    }

    start() {
      const waiting = this.waiting;
      this.waiting = null;
      waiting.forEach(data => this.postMessage(data));
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data);
      else this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
    }

    terminate() {
      this.frame.remove();
    }
  }

  window.IFrameWorker = IFrameWorker;
  window.Worker = IFrameWorker;
})();
