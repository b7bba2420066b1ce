// Lets a module import the text of a file (vite's `?raw`).
declare module "*?raw" {
  const text: string;
  export default text;
}
