// A place to drop files. Each file goes up on its own as a plain stream of bytes; the page draws the progress.
const AT_ONCE = 2;

export default {
  template: `
    <label class="wb-drop" :class="{ over }" @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent="dropped">
      <input type="file" :accept="accept" :multiple="multiple" class="wb-drop-input" @change="chosen" />
      <slot></slot>
    </label>`,
  props: { url: String, accept: String, multiple: Boolean, limit: Number },
  data: () => ({ over: false }),
  mounted() {
    this.files = new Map();
    this.requests = new Map();
    this.waiting = [];
    this.next = 1;
  },
  beforeUnmount() { for (const request of this.requests.values()) request.abort(); },
  methods: {
    chosen(event) {
      this.take(event.target.files);
      event.target.value = "";
    },
    dropped(event) {
      this.over = false;
      this.take(event.dataTransfer.files);
    },
    take(list) {
      const files = this.multiple ? [...list] : [...list].slice(0, 1);
      // until the page is connected its events wait, each for itself: "stored" could overtake "added"
      if (!window.did_handshake) return setTimeout(() => this.take(files), 10);
      for (const file of files) {
        const id = this.next++;
        this.files.set(id, file);
        this.$emit("added", { id, name: file.name, size: file.size });
        if (file.size > this.limit) this.$emit("refused", { id, status: 413 });
        else this.enqueue(id);
      }
    },
    enqueue(id) {
      this.waiting.push(id);
      this.advance();
    },
    advance() {
      while (this.requests.size < AT_ONCE && this.waiting.length) this.send(this.waiting.shift());
    },
    send(id) {
      const file = this.files.get(id), request = new XMLHttpRequest();
      let said = 0;
      this.requests.set(id, request);
      request.open("POST", (window.path_prefix || "") + this.url);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = (event) => {
        if (!event.lengthComputable || (performance.now() - said < 150 && event.loaded < event.total)) return;
        said = performance.now();
        this.$emit("sent", { id, share: event.loaded / event.total });
      };
      const done = (name, values) => {
        this.requests.delete(id);
        this.$emit(name, { id, ...values });
        this.advance();
      };
      request.onload = () => {
        if (request.status === 200) done("stored", { token: JSON.parse(request.responseText).token });
        else done("refused", { status: request.status });
      };
      request.onerror = () => done("refused", { status: 0 });
      request.onabort = () => { this.requests.delete(id); this.advance(); };
      request.send(file);
    },
    cancel(id) {
      this.waiting = this.waiting.filter((each) => each !== id);
      this.requests.get(id)?.abort();
    },
    retry(id) { if (this.files.has(id)) this.enqueue(id); },
    forget(id) { this.cancel(id); this.files.delete(id); },
  },
};
