/** The script of a module worker. It exports nothing: start a `Worker` with it. */
export {};
