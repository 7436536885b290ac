import dts from 'rollup-plugin-dts'

/** The types of what suites import, in one file of the package; a checkout has the sources. */
export default {
  input: 'harness/suite-api/suite.ts',
  output: { file: 'modprove.d.ts', banner: '/// <reference types="node" />' },
  external: /^(?:node:|tap$|zod$)/,
  plugins: [dts()],
}
