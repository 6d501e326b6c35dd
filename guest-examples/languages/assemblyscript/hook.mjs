// asc --transform ./hook.mjs: an identifier cannot be called what the component
// model calls a function, so openat_enter becomes zpoline:hook/openat@0.1.0#enter,
// and clock_gettime_enter becomes zpoline:hook/clock-gettime@0.1.0#enter.
import { Transform } from "assemblyscript/transform";

const name = (word) => word.replace(/^(\w+)_(enter|exit|init|finish)$/,
  (_, call, part) => `zpoline:hook/${call.replaceAll("_", "-")}@0.1.0#${part}`);

export default class extends Transform {
  afterCompile(module) {
    for (let i = module.getNumExports() - 1; i >= 0; i--) {
      const { name: word, value } = this.binaryen.getExportInfo(module.getExportByIndex(i));
      if (name(word) === word) continue;
      module.removeExport(word);
      module.addFunctionExport(value, name(word));
    }
  }
}
