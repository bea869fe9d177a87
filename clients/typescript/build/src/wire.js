/**
 * What goes over the wire, as the API's description has it. Generated: python -m clients.generate.
 *
 * Fields that a newer service adds beside these are there too; only their types are not known.
 */
export {};
