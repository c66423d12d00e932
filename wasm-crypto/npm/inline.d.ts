/** As the package itself, with the WebAssembly inside the script: for pages that cannot serve a second file. */
export * from './index.js';

/** Starts the WebAssembly; a second call waits for the first. */
export function init(): Promise<void>;
