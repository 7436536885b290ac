import { z } from 'zod'

/** The part of gcov's JSON that is used (gcov(1), --json-format, version 1). */
const schema = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      functions: z.array(
        z.object({ name: z.string(), start_line: z.number(), execution_count: z.number() }),
      ),
      lines: z.array(
        z.object({
          line_number: z.number(),
          function_name: z.string().optional(),
          count: z.number(),
          branches: z.array(z.object({ count: z.number() })),
        }),
      ),
    }),
  ),
})

export type GcovFile = z.infer<typeof schema>['files'][number]

/** Undefined for output of another form. */
export function filesOf(output: string): GcovFile[] | undefined {
  try {
    return schema.safeParse(JSON.parse(output)).data?.files
  } catch {
    return undefined
  }
}
