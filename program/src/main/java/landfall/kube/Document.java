package landfall.kube;

/** One document of a file, numbered from 0. */
record Document(int number, Node root) {}
