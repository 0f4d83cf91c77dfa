// The 3D view of one part: faces that light up and answer a click, sections, heat maps, measuring.
// Faces are numbered as in the file; `face_ranges` and `vertex_ranges` of the GLB say which triangles and
// vertices are whose. World coordinates are the millimetres of the part. Texts come from the page.
import { THREE, OrbitControls, GLTFLoader } from "nicegui-scene";

const ROLES = {
  feature: 0x3f8fd2, selected: 0xf2a03d, critical: 0xd5352b, major: 0xe8762c, minor: 0xd9b310, advice: 0x4c9a6a,
  added: 0x3a9b5c, removed: 0xd5352b, changed: 0xf2a03d, trimmed: 0xe9d3b0,
};
const THEMES = {
  light: { body: 0xb9c3ce, edge: 0x2b333c, cap: 0x8796a5, hatch: 0x65737f, ghost: 0x7f8c99, mark: 0xb3261e },
  dark: { body: 0x93a1b0, edge: 0x0e1216, cap: 0xc3ced9, hatch: 0x8493a2, ghost: 0xa9b6c3, mark: 0xff8a65 },
};
const RAMP = [0xb2182b, 0xef8a62, 0xf7d06b, 0x7fbf9b, 0x2f78b7, 0x263b80].map((hex) => new THREE.Color(hex));
const NOT_KNOWN = new THREE.Color(0x8a8f94);
const UNKNOWN = 1e29; // the writer puts 1e30 where a field has no value
const DRAFT_SHOWN_DEG = 6; // what moulds ask for lies below; anything steeper releases well
const VIEWS = {
  iso: [1, -1.25, 0.95], front: [0, -1, 0], back: [0, 1, 0], right: [1, 0, 0], left: [-1, 0, 0], top: [0, 0, 1], bottom: [0, 0, -1],
};
const VIEW_KEYS = ["iso", "front", "right", "top", "back", "left", "bottom"];
const CLICK_SLOP_PX = 4; // a hand that moves less than this has clicked, not dragged
const SNAP_PX = 9;
const SAMPLES = 24; // points by which it is judged whether faces are seen
const WELL_SEEN = 0.3; // of what faces could show if nothing stood before them and all looked at the eye

const GROUPS = new Map(); // viewers of a page that turn together, by the name of their group

function ramp(share) {
  const place = Math.min(0.99999, Math.max(0, share)) * (RAMP.length - 1);
  const step = Math.floor(place);
  return RAMP[step].clone().lerp(RAMP[step + 1], place - step);
}

function colour_of_role(role) {
  return new THREE.Color(role.startsWith("#") ? role : ROLES[role] ?? ROLES.selected);
}

function hatching(theme) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#" + theme.cap.toString(16).padStart(6, "0");
  pen.fillRect(0, 0, 16, 16);
  pen.strokeStyle = "#" + theme.hatch.toString(16).padStart(6, "0");
  pen.lineWidth = 2;
  for (const shift of [-16, 0, 16]) {
    pen.beginPath();
    pen.moveTo(shift, 16);
    pen.lineTo(shift + 16, 0);
    pen.stroke();
  }
  const texture = new THREE.CanvasTexture(canvas);
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  texture.colorSpace = THREE.SRGBColorSpace;
  return texture;
}

export default {
  template: `
    <div class="wbv" :data-state="state">
      <canvas v-show="state !== 'failed'" tabindex="0" role="img" :aria-label="label" @keydown="key"></canvas>
      <div v-if="state === 'failed'" class="wbv-fallback">
        <img v-if="picture" :src="picture" :alt="label" />
        <p role="alert">{{ reason }}</p>
      </div>
      <div v-if="state === 'loading'" class="wbv-loading" role="status">{{ texts.loading }}</div>

      <div v-if="state === 'ready'" class="wbv-bar" role="toolbar" :aria-label="texts.toolbar">
        <div class="wbv-group">
          <button v-for="name in views" :key="name" type="button" :title="texts['view_' + name]"
            :aria-label="texts['view_' + name]" @click="view(name)"><span class="wbv-view">{{ texts['short_' + name] }}</span></button>
        </div>
        <div class="wbv-group">
          <button type="button" :title="texts.fit" :aria-label="texts.fit" @click="fit()"><i class="material-icons">zoom_out_map</i></button>
          <button type="button" :title="texts.perspective" :aria-label="texts.perspective" :aria-pressed="perspective" @click="toggle_perspective"><i class="material-icons">filter_center_focus</i></button>
          <button type="button" :title="texts.edges" :aria-label="texts.edges" :aria-pressed="edges_on" @click="toggle_edges"><i class="material-icons">grid_4x4</i></button>
          <button type="button" :title="texts.section" :aria-label="texts.section" :aria-pressed="section.on" @click="toggle_section"><i class="material-icons">content_cut</i></button>
          <button type="button" :title="texts.measure" :aria-label="texts.measure" :aria-pressed="measuring" @click="toggle_measure"><i class="material-icons">straighten</i></button>
          <button v-for="field in fields" :key="field" type="button" class="wbv-word" :title="texts['field_' + field] || field"
            :aria-pressed="shown_field === field" @click="toggle_field(field)">{{ texts['field_' + field] || field }}</button>
        </div>
        <div class="wbv-group">
          <button type="button" :title="texts.hide" :aria-label="texts.hide" :disabled="!selected.length && !hidden_count" @click="toggle_hidden"><i class="material-icons">{{ hidden_count ? 'visibility' : 'visibility_off' }}</i></button>
          <button type="button" :title="texts.screenshot" :aria-label="texts.screenshot" @click="screenshot"><i class="material-icons">photo_camera</i></button>
        </div>
      </div>

      <div v-if="section.on" class="wbv-panel wbv-section">
        <div class="wbv-group">
          <button v-for="(name, axis) in ['X', 'Y', 'Z']" :key="name" type="button" :aria-pressed="section.axis === axis" :aria-label="texts.section + ' ' + name" @click="cut(axis, section.share)">{{ name }}</button>
          <button type="button" :title="texts.flip" :aria-label="texts.flip" @click="flip"><i class="material-icons">swap_horiz</i></button>
        </div>
        <input type="range" min="0" max="1" step="0.002" :value="section.share" :aria-label="texts.section_place" @input="cut(section.axis, +$event.target.value)" />
        <output>{{ section.place }}</output>
      </div>

      <div v-if="shown_field" class="wbv-panel wbv-legend" role="img" :aria-label="texts['field_' + shown_field] || shown_field">
        <b>{{ texts['field_' + shown_field] || shown_field }}, {{ legend.unit }}</b>
        <div class="wbv-scale"><div class="wbv-ramp" :class="{ up: legend.up }"></div>
          <div class="wbv-ticks"><span v-for="tick in legend.ticks" :key="tick">{{ tick }}</span></div></div>
      </div>

      <div v-if="measuring" class="wbv-panel wbv-measure" role="status">
        <template v-if="measured"><b>{{ measured.length }}</b><span>ΔX {{ measured.x }}</span><span>ΔY {{ measured.y }}</span><span>ΔZ {{ measured.z }}</span></template>
        <template v-else>{{ texts.measure_help }}</template>
      </div>
    </div>`,
  props: {
    url: String, label: String, picture: String, filename: String, texts: Object, locale: String, colour: String,
    focused: Object, group: String,
    placement: Array, // rows of the motion that lays the first part of the group on this one
  },
  data() {
    return {
      state: "loading", reason: "", views: ["iso", "front", "right", "top"], fields: [], shown_field: "", legend: { unit: "", ticks: [] },
      perspective: false, edges_on: true, measuring: false, measured: null, selected: [], hidden_count: 0,
      section: { on: false, axis: 0, share: 0.5, side: 1, place: "" },
    };
  },
  // Things of three.js are kept off `data`, so that Vue does not wrap them in proxies.
  mounted() {
    this.hidden = new Set();
    this.roles = [];
    this.hovered = -1;
    this.canvas = this.$el.querySelector("canvas");
    try {
      this.renderer = new THREE.WebGLRenderer({ canvas: this.canvas, antialias: true, alpha: true, stencil: true });
    } catch (error) {
      return this.fail(this.texts.no_webgl);
    }
    this.renderer.localClippingEnabled = true;
    this.renderer.setPixelRatio(Math.min(2, window.devicePixelRatio));
    this.scene = new THREE.Scene();
    this.scene.add(new THREE.HemisphereLight(0xffffff, 0x8d97a5, 2.0));
    this.flat = new THREE.OrthographicCamera(-1, 1, 1, -1, 0.1, 10);
    this.deep = new THREE.PerspectiveCamera(32, 1, 0.1, 10);
    for (const camera of [this.flat, this.deep]) {
      camera.up.copy(this.along(0, 0, 1));
      const head = new THREE.DirectionalLight(0xffffff, 1.15);
      head.position.set(-0.5, 0.8, 1);
      camera.add(head, head.target);
      head.target.position.set(0, 0, -1);
    }
    this.camera = this.flat;
    this.scene.add(this.camera);
    this.controls = new OrbitControls(this.camera, this.canvas);
    this.controls.zoomToCursor = true;
    this.controls.addEventListener("change", () => { this.draw(); this.lead(); });
    if (this.group) GROUPS.set(this.group, [...(GROUPS.get(this.group) ?? []), this]);
    this.plane = new THREE.Plane(new THREE.Vector3(0, 0, -1), 1e9);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.$el);
    this.theme_observer = new MutationObserver(() => this.dress());
    this.theme_observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    this.listen();
    if (this.url) this.load(this.url);
  },
  beforeUnmount() { this.dispose(); },
  watch: {
    url(address) { this.clear(); this.load(address); },
  },
  methods: {
    fail(reason) {
      this.state = "failed";
      this.reason = reason;
      this.$emit("failed", { reason });
    },
    listen() {
      let pressed = null;
      this.canvas.addEventListener("webglcontextlost", (event) => {
        event.preventDefault();
        this.fail(this.texts.lost_webgl);
      });
      this.canvas.addEventListener("webglcontextrestored", () => {
        this.state = this.mesh ? "ready" : "loading";
        this.paint();
      });
      this.canvas.addEventListener("pointerdown", (event) => { pressed = [event.clientX, event.clientY]; });
      this.canvas.addEventListener("pointerup", (event) => {
        if (pressed && event.button === 0 && Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) < CLICK_SLOP_PX) this.click(event);
        pressed = null;
      });
      this.canvas.addEventListener("pointermove", (event) => {
        if (event.buttons || this.waiting) return;
        this.waiting = requestAnimationFrame(() => {
          this.waiting = 0;
          this.hover(this.mesh ? this.hit(event)?.face ?? -1 : -1);
        });
      });
      this.canvas.addEventListener("pointerleave", () => this.hover(-1));
    },
    async load(url) {
      let gltf;
      try {
        gltf = await new GLTFLoader().loadAsync(url);
      } catch (error) {
        return this.fail(this.texts.not_loaded);
      }
      if (!this.renderer) return;
      this.mesh = gltf.scene.getObjectByName("faces");
      this.edges = gltf.scene.getObjectByName("edges");
      const geometry = this.mesh.geometry, count = geometry.attributes.position.count;
      this.face_ranges = this.mesh.userData.face_ranges;
      this.vertex_ranges = this.mesh.userData.vertex_ranges;
      this.triangles = geometry.index.array;
      this.fields = Object.keys(geometry.attributes).filter((name) => name.startsWith("_")).map((name) => name.slice(1));
      geometry.setAttribute("color", new THREE.BufferAttribute(new Float32Array(count * 3), 3));
      this.mesh.material = new THREE.MeshStandardMaterial({
        vertexColors: true, roughness: 0.62, metalness: 0.08, side: THREE.DoubleSide, clippingPlanes: [this.plane],
        polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1,
      });
      this.ghost = new THREE.Mesh(this.share(geometry), new THREE.MeshBasicMaterial({ transparent: true, opacity: 0.13, depthWrite: false, side: THREE.DoubleSide, clippingPlanes: [this.plane] }));
      this.ghost.position.copy(this.mesh.position);
      this.ghost.visible = false;
      this.ghost.renderOrder = 5;
      this.scene.add(this.mesh, this.ghost);
      if (this.edges) {
        this.edges.material = new THREE.LineBasicMaterial({ clippingPlanes: [this.plane], transparent: true, opacity: 0.9 });
        this.scene.add(this.edges);
      }
      this.mesh.updateMatrixWorld();
      this.box = new THREE.Box3().setFromObject(this.mesh);
      this.size = Math.max(this.box.getSize(new THREE.Vector3()).length(), 1e-6);
      this.bound_faces();
      this.build_cap();
      this.state = "ready";
      this.dress();
      this.resize();
      this.view("iso");
      GROUPS.get(this.group)?.find((other) => other.box)?.show_all();
      if (this.focused) this.focus(this.focused.faces);
      this.$emit("ready", { faces: this.face_ranges.length - 1, triangles: this.triangles.length / 3, fields: this.fields });
    },
    share(geometry) { // the same vertices under an index of its own
      const other = new THREE.BufferGeometry();
      for (const name of ["position", "normal", "color"]) if (geometry.attributes[name]) other.setAttribute(name, geometry.attributes[name]);
      other.setIndex(new THREE.BufferAttribute(this.triangles, 1));
      return other;
    },
    bound_faces() { // a box for every face: a ray asks the boxes before it asks triangles
      const positions = this.mesh.geometry.attributes.position.array, faces = this.vertex_ranges.length - 1;
      this.boxes = new Array(faces);
      for (let face = 0; face < faces; face++) {
        const box = new THREE.Box3();
        for (let v = this.vertex_ranges[face] * 3; v < this.vertex_ranges[face + 1] * 3; v += 3) {
          box.min.x = Math.min(box.min.x, positions[v]); box.max.x = Math.max(box.max.x, positions[v]);
          box.min.y = Math.min(box.min.y, positions[v + 1]); box.max.y = Math.max(box.max.y, positions[v + 1]);
          box.min.z = Math.min(box.min.z, positions[v + 2]); box.max.z = Math.max(box.max.z, positions[v + 2]);
        }
        this.boxes[face] = box;
      }
    },
    build_cap() { // back faces count up, front faces down; a plane is drawn where the count is not zero
      this.cap = new THREE.Group();
      this.whole_body = this.share(this.mesh.geometry); // hidden faces still bound the body
      for (const [side, op] of [[THREE.BackSide, THREE.IncrementWrapStencilOp], [THREE.FrontSide, THREE.DecrementWrapStencilOp]]) {
        const counter = new THREE.Mesh(this.whole_body, new THREE.MeshBasicMaterial({
          side, clippingPlanes: [this.plane], colorWrite: false, depthWrite: false, depthTest: false,
          stencilWrite: true, stencilFunc: THREE.AlwaysStencilFunc, stencilFail: op, stencilZFail: op, stencilZPass: op,
        }));
        counter.position.copy(this.mesh.position);
        counter.renderOrder = 1;
        this.cap.add(counter);
      }
      this.cut_face = new THREE.Mesh(new THREE.PlaneGeometry(1, 1), new THREE.MeshBasicMaterial({
        side: THREE.DoubleSide, stencilWrite: true, stencilRef: 0, stencilFunc: THREE.NotEqualStencilFunc,
        stencilFail: THREE.ReplaceStencilOp, stencilZFail: THREE.ReplaceStencilOp, stencilZPass: THREE.ReplaceStencilOp,
      }));
      this.cut_face.renderOrder = 2;
      this.cut_face.onAfterRender = (renderer) => renderer.clearStencil();
      this.cut_face.scale.setScalar(this.size * 2);
      this.cap.add(this.cut_face);
      this.cap.visible = false;
      this.scene.add(this.cap);
    },
    clear() {
      for (const thing of [this.mesh, this.ghost, this.edges, this.cut_face, this.ruler, this.inside]) {
        if (!thing) continue;
        thing.parent?.remove(thing);
        thing.geometry.dispose();
        thing.material.map?.dispose();
        thing.material.dispose();
      }
      for (const counter of this.cap?.children ?? []) counter.material.dispose();
      this.whole_body?.dispose();
      if (this.cap) this.scene.remove(this.cap);
      this.whole_body = this.mesh = this.ghost = this.edges = this.cap = this.cut_face = this.ruler = this.inside = null;
      this.hidden.clear();
      Object.assign(this, { state: "loading", shown_field: "", measuring: false, measured: null, hidden_count: 0, selected: [], fields: [] });
      this.section.on = false;
      this.plane.set(new THREE.Vector3(0, 0, -1), 1e9);
    },
    dispose() {
      if (!this.renderer) return;
      cancelAnimationFrame(this.pending);
      cancelAnimationFrame(this.waiting);
      cancelAnimationFrame(this.flight);
      if (this.group) GROUPS.set(this.group, GROUPS.get(this.group).filter((other) => other !== this));
      this.observer.disconnect();
      this.theme_observer.disconnect();
      this.controls.dispose();
      this.clear();
      this.renderer.dispose();
      this.renderer.forceContextLoss();
      this.renderer = null;
    },

    // --- colours ---
    theme() { return document.body.classList.contains("body--dark") ? THEMES.dark : THEMES.light; },
    dress() {
      if (!this.mesh) return;
      const theme = this.theme();
      this.body = new THREE.Color(this.colour || theme.body).lerp(new THREE.Color(0xffffff), this.colour ? 0.1 : 0); // black parts keep their edges visible
      this.edges?.material.color.set(theme.edge);
      this.ghost.material.color.set(theme.ghost);
      this.cut_face.material.map?.dispose();
      this.cut_face.material.map = hatching(theme);
      this.cut_face.material.map.repeat.setScalar(90);
      this.cut_face.material.needsUpdate = true;
      this.ruler?.material.color.set(theme.mark);
      this.paint();
    },
    light(roles) { // [[role or #rrggbb, [face, …]], …]: a later one covers an earlier one
      this.roles = roles;
      this.selected = [...new Set(roles.flatMap(([, faces]) => faces))];
      if (!this.mesh) return;
      this.paint();
      this.show_through([]);
    },
    colour_of(face) {
      let colour = this.body;
      if (!this.lit) {
        this.lit = new Map();
        for (const [role, faces] of this.roles) for (const each of faces) this.lit.set(each, colour_of_role(role));
      }
      colour = this.lit.get(face) ?? colour;
      return face === this.hovered ? colour.clone().lerp(new THREE.Color(0xffffff), this.lit.has(face) ? 0.12 : 0.3) : colour;
    },
    paint_face(face) {
      const colours = this.mesh.geometry.attributes.color.array;
      const from = this.vertex_ranges[face], to = this.vertex_ranges[face + 1];
      const values = this.shown_field ? this.mesh.geometry.attributes["_" + this.shown_field].array : null;
      const plain = this.colour_of(face), is_hovered = face === this.hovered;
      const is_lit = is_hovered || (this.lit.has(face) && !this.legend.up); // what changed is told by how far
      for (let v = from; v < to; v++) {
        let colour = plain;
        if (values) {
          const share = (values[v] - this.legend.low) / (this.legend.high - this.legend.low);
          const shade = values[v] > UNKNOWN ? NOT_KNOWN : ramp(this.legend.up ? 1 - share : share);
          colour = is_lit ? shade.lerp(plain, 0.45) : shade;
        }
        colours[3 * v] = colour.r; colours[3 * v + 1] = colour.g; colours[3 * v + 2] = colour.b;
      }
    },
    paint() {
      if (!this.mesh) return;
      this.lit = null;
      this.colour_of(0);
      for (let face = 0; face + 1 < this.vertex_ranges.length; face++) this.paint_face(face);
      const attribute = this.mesh.geometry.attributes.color;
      attribute.clearUpdateRanges();
      attribute.needsUpdate = true;
      this.draw();
    },
    hover(face) {
      if (face === this.hovered || !this.mesh) return;
      const before = this.hovered, attribute = this.mesh.geometry.attributes.color;
      this.hovered = face;
      for (const each of [before, face]) {
        if (each < 0) continue;
        this.paint_face(each);
        attribute.addUpdateRange(this.vertex_ranges[each] * 3, (this.vertex_ranges[each + 1] - this.vertex_ranges[each]) * 3);
      }
      attribute.needsUpdate = true;
      this.canvas.style.cursor = face >= 0 ? "pointer" : "";
      this.draw();
    },
    index_of(faces) { // of the triangles of some faces
      const parts = faces.map((face) => this.triangles.subarray(this.face_ranges[face] * 3, this.face_ranges[face + 1] * 3));
      const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) { all.set(part, at); at += part.length; }
      return new THREE.BufferAttribute(all, 1);
    },
    hide(faces) { // hidden faces stay as glass
      this.hidden = new Set(faces);
      this.hidden_count = this.hidden.size;
      const all = [...Array(this.face_ranges.length - 1).keys()];
      this.mesh.geometry.setIndex(this.hidden.size ? this.index_of(all.filter((face) => !this.hidden.has(face))) : new THREE.BufferAttribute(this.triangles, 1));
      this.ghost.geometry.setIndex(this.index_of(all.filter((face) => this.hidden.has(face))));
      this.ghost.visible = this.hidden.size > 0;
      this.draw();
    },
    toggle_hidden() { this.hide(this.hidden_count ? [] : this.selected); },
    toggle_field(name) {
      this.shown_field = this.shown_field === name ? "" : name;
      if (this.shown_field) {
        const known = this.mesh.geometry.attributes["_" + name].array.filter((value) => value < UNKNOWN).sort();
        if (!known.length) { this.shown_field = ""; return this.paint(); }
        let low = known[Math.floor(known.length * 0.01)], high = known[Math.floor((known.length - 1) * 0.99)];
        if (name === "draft") [low, high] = [0, DRAFT_SHOWN_DEG];
        const up = name === "deviation"; // the more, the worse
        if (up) [low, high] = [0, known[known.length - 1]];
        if (high - low < 1e-6) { low -= 0.5; high += 0.5; }
        const digits = high - low < 2 ? 2 : high - low < 20 ? 1 : 0;
        const ticks = [0, 1, 2, 3, 4].map((step) => this.number(high - (step * (high - low)) / 4, digits));
        if (name === "draft") ticks[0] = "≥ " + ticks[0];
        this.legend = { unit: this.texts["unit_" + name] || this.texts.mm, low, high, ticks, up };
      }
      this.paint();
    },

    // --- picking and measuring ---
    ray(event) {
      const frame = this.canvas.getBoundingClientRect(), caster = new THREE.Raycaster();
      this.camera.updateMatrixWorld();
      caster.setFromCamera(new THREE.Vector2(((event.clientX - frame.left) / frame.width) * 2 - 1, 1 - ((event.clientY - frame.top) / frame.height) * 2), this.camera);
      return caster.ray;
    },
    hit(event) { // nearest point on a face that is neither hidden nor cut away
      const world = this.ray(event), ray = world.clone(), positions = this.mesh.geometry.attributes.position.array;
      ray.origin.sub(this.mesh.position);
      const a = new THREE.Vector3(), b = new THREE.Vector3(), c = new THREE.Vector3(), point = new THREE.Vector3();
      const cut = new THREE.Plane(this.plane.normal, this.plane.constant + this.plane.normal.dot(this.mesh.position));
      let best = null, nearest = Infinity;
      for (let face = 0; face < this.boxes.length; face++) {
        if (this.hidden.has(face) || !ray.intersectsBox(this.boxes[face])) continue;
        for (let t = this.face_ranges[face] * 3; t < this.face_ranges[face + 1] * 3; t += 3) {
          a.fromArray(positions, this.triangles[t] * 3); b.fromArray(positions, this.triangles[t + 1] * 3); c.fromArray(positions, this.triangles[t + 2] * 3);
          if (!ray.intersectTriangle(a, b, c, false, point)) continue;
          const far = point.distanceToSquared(ray.origin);
          if (far < nearest && cut.distanceToPoint(point) >= 0) { nearest = far; best = { face, point: point.clone().add(this.mesh.position) }; }
        }
      }
      return best;
    },
    click(event) {
      if (!this.mesh) return;
      const hit = this.hit(event);
      if (this.measuring) return this.measure(event, hit);
      this.$emit("pick", { face: hit ? hit.face : null, shift: event.shiftKey || event.ctrlKey });
    },
    toggle_measure() {
      this.measuring = !this.measuring;
      this.measured = null;
      this.first = null;
      if (this.ruler) this.ruler.visible = false;
      this.draw();
    },
    snap(event, point) { // the nearest end or point of an edge, when the hand is near enough
      if (!this.edges) return point;
      const frame = this.canvas.getBoundingClientRect(), spots = this.edges.geometry.attributes.position, spot = new THREE.Vector3();
      let best = point, nearest = SNAP_PX;
      for (let i = 0; i < spots.count; i++) {
        spot.fromBufferAttribute(spots, i).add(this.edges.position);
        if (this.plane.distanceToPoint(spot) < 0) continue;
        const [x, y] = this.project(spot.x, spot.y, spot.z, frame);
        const gap = Math.hypot(x - event.clientX, y - event.clientY);
        if (gap < nearest && (!point || spot.distanceTo(point) < this.size * 0.05)) { nearest = gap; best = spot.clone(); }
      }
      return best;
    },
    measure(event, hit) {
      const point = this.snap(event, hit?.point ?? null);
      if (!point) return;
      if (!this.first || this.measured) {
        this.first = point;
        this.measured = null;
        return this.rule(point, point);
      }
      const gap = point.clone().sub(this.first);
      this.rule(this.first, point);
      this.measured = { length: this.mm(gap.length()), x: this.mm(Math.abs(gap.x)), y: this.mm(Math.abs(gap.y)), z: this.mm(Math.abs(gap.z)) };
      this.$emit("measured", { length_mm: gap.length() });
    },
    rule(from, to) {
      if (!this.ruler) {
        this.ruler = new THREE.Line(new THREE.BufferGeometry(), new THREE.LineBasicMaterial({ color: this.theme().mark, depthTest: false }));
        this.ruler.renderOrder = 9;
        this.ruler.frustumCulled = false;
        this.scene.add(this.ruler);
      }
      const tick = this.size * 0.008, points = [];
      for (const end of [from, to]) { // a small cross at each end
        for (const axis of ["x", "y", "z"]) {
          const low = end.clone(), high = end.clone();
          low[axis] -= tick; high[axis] += tick;
          points.push(end, low, high, end);
        }
      }
      this.ruler.geometry.dispose();
      this.ruler.geometry = new THREE.BufferGeometry().setFromPoints(points);
      this.ruler.visible = true;
      this.draw();
    },
    number(value, digits) { return new Intl.NumberFormat(this.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value); },
    mm(value) { return this.number(value, value < 100 ? 2 : 1) + "\u00a0" + this.texts.mm; },

    // --- sections ---
    toggle_section() {
      this.section.on = !this.section.on;
      if (this.section.on) return this.cut(this.section.axis, this.section.share);
      this.plane.set(new THREE.Vector3(0, 0, -1), 1e9);
      this.cap.visible = false;
      this.draw();
    },
    flip() { this.section.side *= -1; this.cut(this.section.axis, this.section.share); },
    cut(axis, share) {
      // a fresh cut shows its face to the eye; after that the side is the visitor's
      if (!this.cap.visible || axis !== this.section.axis) this.section.side = this.towards().getComponent(axis) < 0 ? -1 : 1;
      const low = this.box.min.getComponent(axis), high = this.box.max.getComponent(axis), place = low + share * (high - low);
      const normal = new THREE.Vector3().setComponent(axis, -this.section.side);
      Object.assign(this.section, { on: true, axis, share, place: this.mm(place) });
      this.plane.set(normal, place * this.section.side);
      this.box.getCenter(this.cut_face.position).setComponent(axis, place);
      this.cut_face.lookAt(this.cut_face.position.clone().sub(normal));
      this.cap.visible = true;
      this.draw();
    },

    // --- the camera ---
    resize() {
      const width = this.$el.clientWidth, height = this.$el.clientHeight;
      if (!width || !height || !this.renderer) return;
      this.renderer.setSize(width, height, false);
      if (this.size) this.shape_cameras();
      this.draw();
    },
    shape_cameras() {
      const aspect = this.$el.clientWidth / this.$el.clientHeight, half = (this.size * 0.54) / Math.min(1, aspect);
      Object.assign(this.flat, { left: -half * aspect, right: half * aspect, top: half, bottom: -half, near: -this.size * 20, far: this.size * 20 });
      Object.assign(this.deep, { aspect, near: this.size * 0.01, far: this.size * 40 });
      this.flat.updateProjectionMatrix();
      this.deep.updateProjectionMatrix();
    },
    distance() { return this.camera === this.deep ? (this.size * 0.56) / Math.tan((this.deep.fov * Math.PI) / 360) : this.size * 2; },
    place_camera(target, towards, zoom) {
      const direction = towards.clone().normalize();
      if (Math.abs(direction.dot(this.camera.up)) > 0.9999) direction.addScaledVector(this.along(0, 1, 0), -1e-4); // looking along the up vector has no right-hand side
      this.controls.target.copy(target);
      this.camera.zoom = this.camera === this.flat ? zoom : 1;
      this.camera.position.copy(target).addScaledVector(direction, this.camera === this.flat ? this.size * 2 : this.distance() / zoom);
      this.camera.updateProjectionMatrix();
      this.controls.update();
      this.draw();
    },
    fly(target, towards, zoom) {
      cancelAnimationFrame(this.flight);
      if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return this.place_camera(target, towards, zoom);
      const from = { target: this.controls.target.clone(), towards: this.towards(), zoom: this.zoom() };
      const start = performance.now(), to = towards.clone().normalize();
      const step = (now) => {
        const share = Math.min(1, (now - start) / 260), ease = share * share * (3 - 2 * share);
        const way = from.towards.clone().lerp(to, ease);
        this.place_camera(from.target.clone().lerp(target, ease), way.lengthSq() > 1e-6 ? way : to, from.zoom * (zoom / from.zoom) ** ease);
        if (share < 1) this.flight = requestAnimationFrame(step);
      };
      this.flight = requestAnimationFrame(step);
    },
    // --- turning together ---
    motion() { return this.placement ? new THREE.Matrix4().set(...this.placement.flat()) : new THREE.Matrix4(); },
    along(x, y, z) { return new THREE.Vector3(x, y, z).transformDirection(this.motion()); },
    lead() { // whoever is turned by hand takes the others along
      if (this.led || !this.group || !this.box) return;
      for (const other of GROUPS.get(this.group) ?? []) if (other !== this) other.follow(this);
    },
    follow(leader) {
      if (!this.box) return;
      const way = this.motion().multiply(leader.motion().invert());
      const target = leader.controls.target.clone().applyMatrix4(way), towards = leader.towards().transformDirection(way);
      const larger = Math.cbrt(Math.abs(way.determinant())); // both at one scale, millimetre for millimetre
      this.led = true;
      this.place_camera(target, towards, (leader.zoom() * this.size) / (leader.size * larger));
      this.led = false;
    },
    towards() { return this.camera.position.clone().sub(this.controls.target).normalize(); },
    zoom() { return this.camera === this.flat ? this.flat.zoom : this.distance() / this.camera.position.distanceTo(this.controls.target); },
    view(name) {
      const towards = this.along(...VIEWS[name]);
      if (!this.box) return;
      const all = this.together();
      this.place_camera(all.getCenter(new THREE.Vector3()), towards, this.whole(towards, all));
    },
    fit() {
      if (!this.box) return;
      const all = this.together();
      this.fly(all.getCenter(new THREE.Vector3()), this.towards(), this.whole(this.towards(), all));
    },
    show_all() { // another of the group has come: from where this one looks now, none may reach out of its view
      const all = this.together();
      this.place_camera(all.getCenter(new THREE.Vector3()), this.towards(), this.whole(this.towards(), all));
      this.lead();
    },
    together() { // the box of this part and of those that turn with it, laid where they lie on it
      const all = this.box.clone(), spot = new THREE.Vector3();
      for (const other of GROUPS.get(this.group) ?? []) {
        if (other === this || !other.box) continue;
        const way = this.motion().multiply(other.motion().invert()).multiply(other.mesh.matrixWorld);
        const positions = other.mesh.geometry.attributes.position;
        for (let v = 0; v < positions.count; v++) all.expandByPoint(spot.fromBufferAttribute(positions, v).applyMatrix4(way));
      }
      return all;
    },
    whole(towards, all = this.box) { // the zoom at which what is in the box, seen from there, just fills the view below the buttons
      const ahead = towards.clone().normalize(), right = this.camera.up.clone().cross(ahead);
      if (right.lengthSq() < 1e-6) right.copy(this.along(1, 0, 0));
      const up = ahead.clone().cross(right.normalize()), half = all.getSize(new THREE.Vector3()).multiplyScalar(0.5);
      const reach = (axis) => Math.abs(axis.x) * half.x + Math.abs(axis.y) * half.y + Math.abs(axis.z) * half.z;
      return 0.84 * Math.min(this.flat.right / Math.max(reach(right), 1e-9), this.flat.top / Math.max(reach(up), 1e-9));
    },
    focus(faces) { // turn until the faces look at the eye, come nearer when they are small
      if (!this.mesh || !faces?.length) return;
      const box = new THREE.Box3(), sum = new THREE.Vector3(), normals = this.mesh.geometry.attributes.normal.array;
      for (const face of faces) {
        if (!this.boxes[face] || this.boxes[face].isEmpty()) continue;
        box.union(this.boxes[face]);
        for (let v = this.vertex_ranges[face] * 3; v < this.vertex_ranges[face + 1] * 3; v += 3) { sum.x += normals[v]; sum.y += normals[v + 1]; sum.z += normals[v + 2]; }
      }
      if (box.isEmpty()) return;
      box.translate(this.mesh.position);
      const span = Math.max(box.getSize(new THREE.Vector3()).length(), this.size * 0.04);
      const towards = this.outlook(faces.filter((face) => this.boxes[face]), sum.lengthSq() > 0 ? sum.normalize() : null);
      const middle = this.box.getCenter(new THREE.Vector3()).lerp(box.getCenter(new THREE.Vector3()), 0.75);
      this.fly(middle, towards, Math.min(4, Math.max(this.whole(towards) * 0.9, (0.4 * this.size) / span)));
    },
    samples(faces) { // points all over the faces, each with the way that its triangle looks
      const positions = this.mesh.geometry.attributes.position.array, corners = [], reached = [];
      let total = 0;
      for (const face of faces) for (let t = this.face_ranges[face] * 3; t < this.face_ranges[face + 1] * 3; t += 3) {
        const triangle = new THREE.Triangle(...[0, 1, 2].map((k) => new THREE.Vector3().fromArray(positions, this.triangles[t + k] * 3)));
        corners.push(triangle);
        reached.push((total += triangle.getArea()));
      }
      const found = [];
      for (let k = 0, at = 0; k < SAMPLES && total > 0; k++) {
        while (reached[at] < ((k + 0.5) / SAMPLES) * total && at < reached.length - 1) at++;
        const { a, b, c } = corners[at], r = Math.sqrt((k * 0.7548776662) % 1), s = (k * 0.5698402910) % 1; // Roberts' sequence, spread evenly over a triangle
        found.push({ point: a.clone().multiplyScalar(1 - r).addScaledVector(b, r * (1 - s)).addScaledVector(c, r * s), normal: corners[at].getNormal(new THREE.Vector3()) });
      }
      return found;
    },
    seen(samples, way) { // how large samples of faces look from there, 0 – 1, without those that the body hides
      const ahead = way.clone().normalize();
      let sum = 0;
      for (const { point, normal } of samples) {
        const facing = normal.dot(ahead);
        if (facing > 0.02 && !this.is_covered(new THREE.Ray(point.clone().addScaledVector(ahead, this.size * 1e-4), ahead))) sum += facing;
      }
      return samples.length ? sum / samples.length : 0;
    },
    is_covered(ray) {
      const positions = this.mesh.geometry.attributes.position.array;
      const a = new THREE.Vector3(), b = new THREE.Vector3(), c = new THREE.Vector3(), point = new THREE.Vector3();
      for (let face = 0; face < this.boxes.length; face++) {
        if (!ray.intersectsBox(this.boxes[face])) continue;
        for (let t = this.face_ranges[face] * 3; t < this.face_ranges[face + 1] * 3; t += 3) {
          a.fromArray(positions, this.triangles[t] * 3); b.fromArray(positions, this.triangles[t + 1] * 3); c.fromArray(positions, this.triangles[t + 2] * 3);
          if (ray.intersectTriangle(a, b, c, false, point)) return true;
        }
      }
      return false;
    },
    outlook(faces, normal) { // from where the faces are seen well: from here if they can be, else from the best of some ways
      const samples = this.samples(faces), here = this.towards(), iso = this.along(...VIEWS.iso).multiplyScalar(0.7);
      const seen_here = this.seen(samples, here);
      if (seen_here > WELL_SEEN) return here;
      const ways = normal ? [normal.clone().multiplyScalar(1.4).add(iso)] : [];
      for (const x of [-1, 1]) for (const y of [-1, 1]) for (const z of [-1, 1]) ways.push(this.along(x, y, z));
      for (const axis of [0, 1, 2]) for (const side of [-2, 2]) ways.push(this.along(...[0, 0, 0].with(axis, side)).multiplyScalar(1.4).add(iso));
      let best = here, most = 1.5 * seen_here; // no turn for little
      for (const way of ways) {
        const seen = this.seen(samples, way);
        if (seen > most) [best, most] = [way, seen];
        if (most > WELL_SEEN) break;
      }
      this.show_through(most ? [] : faces);
      return best;
    },
    show_through(faces) { // what lies inside, as a void does, shines through the body
      if (this.inside) {
        this.scene.remove(this.inside);
        this.inside.geometry.dispose();
        this.inside.material.dispose();
        this.inside = null;
      }
      if (!faces.length || !this.lit) return;
      const geometry = this.share(this.mesh.geometry);
      geometry.setIndex(this.index_of(faces));
      this.inside = new THREE.Mesh(geometry, new THREE.MeshBasicMaterial({ color: this.lit.get(faces[0]), transparent: true, opacity: 0.45, depthTest: false, side: THREE.DoubleSide, clippingPlanes: [this.plane] }));
      this.inside.position.copy(this.mesh.position);
      this.inside.renderOrder = 6;
      this.scene.add(this.inside);
      this.draw();
    },
    toggle_perspective() {
      const target = this.controls.target.clone(), towards = this.towards(), zoom = this.zoom();
      this.scene.remove(this.camera);
      this.perspective = !this.perspective;
      this.camera = this.perspective ? this.deep : this.flat;
      this.scene.add(this.camera);
      this.controls.object = this.camera;
      this.place_camera(target, towards, zoom);
    },
    toggle_edges() {
      this.edges_on = !this.edges_on;
      if (this.edges) this.edges.visible = this.edges_on;
      this.draw();
    },
    key(event) {
      const turn = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (event.ctrlKey || event.metaKey || event.altKey || !this.box) return;
      if (turn) this.turn(turn[0] * 0.15, turn[1] * 0.15);
      else if (event.key === "+" || event.key === "=") this.place_camera(this.controls.target.clone(), this.towards(), this.zoom() * 1.2);
      else if (event.key === "-") this.place_camera(this.controls.target.clone(), this.towards(), this.zoom() / 1.2);
      else if (event.code === "KeyF") this.fit();
      else if (event.code === "KeyE") this.toggle_edges();
      else if (event.code === "KeyP") this.toggle_perspective();
      else if (event.code === "KeyS") this.toggle_section();
      else if (event.code === "KeyM") this.toggle_measure();
      else if (event.key === "Escape") { if (this.measuring) this.toggle_measure(); this.$emit("pick", { face: null, shift: false }); }
      else if (VIEW_KEYS[+event.key - 1]) this.view(VIEW_KEYS[+event.key - 1]);
      else return;
      event.preventDefault();
    },
    turn(around, over) {
      const ball = new THREE.Spherical(), way = this.towards().transformDirection(this.motion().invert());
      ball.setFromCartesianCoords(way.x, way.z, -way.y);
      ball.theta += around;
      ball.phi = Math.min(Math.PI - 0.02, Math.max(0.02, ball.phi - over));
      const turned = new THREE.Vector3().setFromSpherical(ball);
      this.place_camera(this.controls.target.clone(), this.along(turned.x, -turned.z, turned.y), this.zoom());
    },
    project(x, y, z, frame) { // millimetres of the part → pixels of the window
      this.camera.updateMatrixWorld();
      const spot = new THREE.Vector3(x, y, z).project(this.camera), r = frame ?? this.canvas.getBoundingClientRect();
      return [r.left + ((spot.x + 1) / 2) * r.width, r.top + ((1 - spot.y) / 2) * r.height];
    },
    screenshot() {
      this.render();
      this.canvas.toBlob((blob) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = (this.filename || "part") + ".png";
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      });
    },
    render() { if (this.renderer) this.renderer.render(this.scene, this.camera); },
    draw() {
      if (this.pending || !this.renderer) return;
      this.pending = requestAnimationFrame(() => { this.pending = 0; this.render(); });
    },
  },
};
