// The state folder as the commands see it, without making one.
// Must never create or change anything: only `start` and the profile commands open the folder for writing.
import { homedir } from "node:os";
import { stateFolderPath } from "../state/state-folder.ts";

export function homeFolder(): string {
  return stateFolderPath(process.env, process.platform, homedir());
}
