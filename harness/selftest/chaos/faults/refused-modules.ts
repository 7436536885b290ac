import { locationText } from '../../../platform/text/source-text.js'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.js'

export const moduleDoesNotCompileFault: Fault = {
  row: 18,
  name: 'module-compile',
  fault: 'the module does not compile',
  expected: "fail of that kernel, exit 1, with the compiler's own words and the line",
  fast: true,
  make: async lab => {
    const file = join(lab.root, 'module/moody.c')
    const source = await readFile(file, 'utf8')
    await writeFile(file, source.replace('msleep(exit_ms);', 'msleep(exit_ms)'))
    const ended = await lab.run(['run', 'lost'])
    lab.exits(ended, 1)
    const failed = ended.view?.columns[0]?.failed
    lab.check('the kernel failed', failed?.status === 'fail', JSON.stringify(ended.view?.columns))
    const line = source.split('\n').findIndex(text => text.includes('msleep(exit_ms);')) + 1
    const at = { file: 'module/moody.c', line }
    const told = failed?.problem.at && locationText(failed.problem.at)
    lab.check('at its line', told === locationText(at), String(told))
    const words = failed?.problem.detail ?? ''
    lab.match("with gcc's words", words, /error: expected .;. before/)
    lab.match('which are printed', ended.output, /error: expected/)
    lab.check('and no test passed', ended.view?.counts.pass === 0, JSON.stringify(ended.results))
    lab.tell(`${failed?.problem.message} at ${told}`)
  },
}

export const refusedModulesFault: Fault = {
  row: 18,
  name: 'module-load',
  fault: 'the module does not load: version magic, unknown symbol or parameter, error of its init',
  expected: "fail of what needs it, with the kernel's own words; what needs another one passes",
  fast: true,
  make: async lab => {
    const ended = await lab.run(['run', 'refused'])
    lab.expect(ended, {
      refused: {
        'an altered version magic': 'pass',
        'needs the module of another kernel': 'fail',
        'an altered symbol': 'pass',
        'needs a module with an unknown symbol': 'fail',
        'needs a module whose init fails': 'fail',
        'needs a parameter that the module does not have': 'fail',
        'loads a module with such a parameter': 'pass',
        'loads one by hand with such a parameter': 'fail',
        'needs one that loads': 'pass',
      },
    })
    const says = (test: string, words: RegExp): void => {
      const [problem] = lab.result(ended, 'refused', test)?.problems ?? []
      const text = `${problem?.message}: ${problem?.detail}`
      lab.match(`${test}: says why`, text, words)
      lab.tell(text)
    }
    says('needs the module of another kernel', /ENOEXEC[^]*version magic '9.*' should be/)
    says('needs a module with an unknown symbol', /ENOENT[^]*Unknown symbol misc_registeX/)
    says(
      'needs a parameter that the module does not have',
      /no parameter exit_msec[^]*exit_ms: uint, init_error: int/,
    )
    says('loads one by hand with such a parameter', /insmod moody: .*no parameter exit_msec/)
    says('needs a module whose init fails', /ENODEV[^]*moody: refusing with 19/)
  },
}
