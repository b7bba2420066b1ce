// Types of stuck.js, which Node runs as it is.
interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}
export function stuckFiles(report: {
  readonly testResults: readonly FileReport[];
}): { readonly name: string; readonly tests: string[]; readonly why: string }[] | null;
