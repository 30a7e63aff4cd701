import { ParallelChart, ScatterChart } from 'echarts/charts'
import { GridComponent, ParallelComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([
  ParallelChart,
  ScatterChart,
  GridComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
])

/** A chart of ECharts; loaded when one is shown. */
export function EChart({
  option,
  label,
  onChoose,
}: {
  readonly option: EChartsCoreOption
  readonly label: string
  readonly onChoose?: (name: string) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const choose = useRef(onChoose)
  choose.current = onChoose
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const chart = init(element)
    chart.setOption(option)
    chart.on('click', ({ name }) => choose.current?.(name))
    const resize = new ResizeObserver(() => chart.resize())
    resize.observe(element)
    return () => {
      resize.disconnect()
      chart.dispose()
    }
  }, [option])
  return <div className="echart" ref={box} role="img" aria-label={label} />
}
