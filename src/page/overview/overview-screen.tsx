/** The instance at a glance: what passes, what does not and why, what ends soon, and what to do next. */
import { useQuery } from '@tanstack/react-query'
import { looks } from '../api/looks.ts'
import { queries } from '../api/queries.ts'
import { BarChart } from '../chart/bar-chart.tsx'
import { Chart } from '../chart/chart.tsx'
import { decisionSeries } from '../chart/decision-series.ts'
import { Answered } from '../parts/answered.tsx'
import { Screen } from '../parts/screen.tsx'
import { AdviceCard } from './advice-card.tsx'
import { ExpiringCard } from './expiring-card.tsx'
import { LatencyCard } from './latency-card.tsx'
import { PolicyCard } from './policy-card.tsx'
import { Reasons } from './reasons.tsx'
import { Tiles } from './tiles.tsx'
import '../styles/looks.css'

export function OverviewScreen() {
  const summary = useQuery(looks.summary)
  const backends = useQuery(queries.backends)
  return (
    <Screen title="Overview">
      <Answered query={summary}>
        {(known) => (
          <>
            <Tiles summary={known} />
            <section className="card">
              <h2>Decisions over the last hour</h2>
              {known.points.length === 0 ? (
                <p className="quiet">The first point comes within ten seconds.</p>
              ) : (
                <Chart title="Decisions, every ten seconds" data={decisionSeries(known)} />
              )}
            </section>
            <div className="cards">
              <AdviceCard />
              <PolicyCard />
            </div>
            <Reasons reasons={known.reasons} />
            <LatencyCard summary={known} />
            <div className="cards">
              <section className="card">
                <BarChart title="Handshakes by protocol" counts={known.handshakes.protocol} />
              </section>
              <section className="card">
                <BarChart title="Handshakes by group" counts={known.handshakes.group} />
              </section>
            </div>
            <section className="card">
              <BarChart title="Handshakes by cipher suite" counts={known.handshakes.cipher} />
            </section>
          </>
        )}
      </Answered>
      <Answered query={backends}>{({ items }) => <ExpiringCard backends={items} />}</Answered>
    </Screen>
  )
}
