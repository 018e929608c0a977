/** A stylesheet: importing it brings no names. */
export {};
