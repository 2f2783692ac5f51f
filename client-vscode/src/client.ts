/** The library that speaks with the server: a bundle of its own, which an activation need not read. */
export * from 'vscode-languageclient/node';
