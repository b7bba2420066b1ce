// Which Countersign this is. The extension compares it with its own at hello.
import packageFile from "../package.json" with { type: "json" };

export const VERSION: string = packageFile.version;
