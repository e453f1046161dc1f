// Synthesized sounds. A browser allows sounds after the user has interacted with the page.

import { $ } from './dom.js';
import { keep, recall } from './storage.js';

let context;
let isOn = recall('sounds') ?? true;

const button = $('sounds');
function show() {
  button.ariaPressed = isOn;
  button.title = isOn ? 'Sounds are on' : 'Sounds are off';
}
button.addEventListener('click', () => {
  isOn = !isOn;
  keep('sounds', isOn);
  show();
  if (isOn) sound('move');
});
show();

for (const touched of ['pointerdown', 'keydown']) addEventListener(touched, () => (context ??= globalThis.AudioContext && new AudioContext()), { once: true });

// For each tone: start and duration in seconds, pitch in hertz, volume.
const tones = {
  move: [[0, 0.07, 210, 0.5], [0, 0.03, 640, 0.2]],
  capture: [[0, 0.07, 190, 0.5], [0.07, 0.09, 140, 0.6]],
  begin: [[0, 0.12, 440, 0.25], [0.13, 0.2, 587, 0.25]],
  end: [[0, 0.16, 523, 0.25], [0.17, 0.16, 440, 0.25], [0.34, 0.3, 349, 0.25]],
  offer: [[0, 0.1, 660, 0.2], [0.12, 0.14, 660, 0.2]],
  hurry: [[0, 0.08, 880, 0.25], [0.16, 0.08, 880, 0.25]],
};

export function sound(name) {
  if (!isOn || context?.state !== 'running') return;
  for (const [at, length, pitch, loudness] of tones[name]) {
    const from = context.currentTime + at;
    const tone = new OscillatorNode(context, { type: 'triangle', frequency: pitch });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(loudness * 0.4, from);
    gain.gain.exponentialRampToValueAtTime(0.001, from + length);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}
