const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text has the form of an id, a UUID of any version: what has not names no row. */
export const isId = (text: string): boolean => UUID.test(text);
