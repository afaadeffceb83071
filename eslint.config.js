import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'openapi/**', '.assay/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      // Decorated constructors need their imports as values, or injection finds nothing.
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-console': ['error', { allow: ['error'] }],
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    ignores: ['src/domain/**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'The domain takes its randomness as an argument.' },
        { object: 'Date', property: 'now', message: 'The domain takes its time as an argument.' },
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout'],
    },
  },
  {
    files: [
      'cli/**/*.ts',
      'bench/**/*.ts',
      'test/**/*.ts',
      'src/open-files.ts',
      'src/serve.ts',
      'src/work.ts',
      'src/job-process.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.spec.ts'], rules: { 'max-lines': 'off' } },
  { files: ['**/*.mjs'], rules: { '@typescript-eslint/no-unused-vars': 'error' } },
);
