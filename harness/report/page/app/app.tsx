import { useState } from 'preact/hooks'
import { About } from './about.js'
import { Changes } from './changes.js'
import { Coverage } from './coverage.js'
import { Header } from './header.js'
import { HeatMap } from './heat-map.js'
import { Help } from './help.js'
import { useKeys } from './keys.js'
import type { Model } from './model.js'
import { PageContext, useNavigation } from './navigation.js'
import { Panel } from './panel.js'
import { Promises } from './promises.js'
import { TestList } from './test-list.js'

export function App({ model }: { readonly model: Model }) {
  const navigation = useNavigation()
  const [help, setHelp] = useState(false)
  const { view, open } = navigation.place
  useKeys(navigation, help, setHelp)
  return (
    <PageContext.Provider value={{ ...navigation, model }}>
      <div class={open === undefined ? 'page' : 'page page-split'}>
        <Header onHelp={() => setHelp(true)} />
        <main>
          {view === 'results' && (
            <>
              <Changes />
              <HeatMap />
              <TestList />
            </>
          )}
          {view === 'promises' && <Promises />}
          {view === 'coverage' && <Coverage />}
          {view === 'run' && <About />}
        </main>
      </div>
      {open !== undefined && <Panel open={open} />}
      {help && <Help onClose={() => setHelp(false)} />}
    </PageContext.Provider>
  )
}
