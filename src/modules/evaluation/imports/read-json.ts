import { type JsonPickerOptions, JsonPicker } from './json/json-picker.js';
import type { ImportSource } from './import-source.js';
import { Utf8Text } from './utf8-text.js';

/** The whole source through a picker. */
export async function readJson(source: ImportSource, options: JsonPickerOptions): Promise<void> {
  const text = new Utf8Text(new JsonPicker(options), options.place);
  for await (const chunk of source.chunks()) text.write(chunk);
  text.end();
}
