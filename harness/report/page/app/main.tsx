import { render } from 'preact'
import type { ReportData } from '../data.js'
import { App } from './app.js'
import { documentOf } from './documents.js'
import { modelOf } from './model.js'
import { applyTheme } from './theme.js'

applyTheme()
const root = document.getElementById('app')
if (root !== null) render(<App model={modelOf(documentOf<ReportData>('run'))} />, root)
