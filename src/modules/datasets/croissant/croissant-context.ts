const terms = (prefix: string, names: string) =>
  Object.fromEntries(names.split(' ').map((name) => [name, `${prefix}:${name}`]));

/** The JSON-LD context that Croissant 1.1 recommends (Appendix 1). */
export const CROISSANT_CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  sc: 'https://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  dct: 'http://purl.org/dc/terms/',
  conformsTo: 'dct:conformsTo',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  examples: { '@id': 'cr:examples', '@type': '@json' },
  ...terms(
    'cr',
    'annotation arrayShape citeAs column containedIn equivalentProperty excludes extract field fileObject fileProperty fileSet format includes isArray isLiveDataset jsonPath key md5 parentField path readLines recordSet references regex repeated replace samplingRate sdVersion separator source subField transform unArchive value',
  ),
};

export const CROISSANT_1_1 = 'http://mlcommons.org/croissant/1.1';
export const CROISSANT_MEDIA_TYPE = `application/ld+json; profile="${CROISSANT_1_1}"`;
