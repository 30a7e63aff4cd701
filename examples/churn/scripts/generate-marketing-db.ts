// Writes a shop's marketing database (SQLite): invoice lines of customers who buy, slow down and leave.
//
// Customers follow the BG/NBD model (Fader, Hardie, Lee 2005): exponential gaps between orders at a rate of their
// own, and after each order a chance of their own never to come back. The same seed writes the same rows.
//
//   node scripts/generate-marketing-db.ts data/raw/marketing.db [customers] [seed]

import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const [file = 'data/raw/marketing.db', customerCount = '3000', seed = '7'] = process.argv.slice(2)
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2024, 11, 1, 8)
const DAYS = 374

/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32, Tommy Ettinger, public domain). */
function uniform(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const random = uniform(Number(seed))
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const exponential = (rate: number) => -Math.log(1 - random()) / rate
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!

const adjectives = ['RED', 'BLUE', 'VINTAGE', 'PAPER', 'WOODEN', 'GLASS', 'RETRO', 'MINI', 'ROSE', 'SILVER']
const things = ['LANTERN', 'MUG', 'CAKESTAND', 'LUNCH BAG', 'HEART', 'BUNTING', 'CANDLE', 'CLOCK', 'TIN', 'CARD']
const products = adjectives.flatMap((adjective, i) =>
  things.map((thing, j) => ({
    code: String(20_000 + i * 100 + j),
    description: `${adjective} ${thing}`,
    price: Math.round(100 * Math.exp(0.8 + 0.7 * normal())) / 100 + 0.1,
  })),
)
const countries = [
  'United Kingdom',
  'United Kingdom',
  'United Kingdom',
  'United Kingdom',
  'Germany',
  'France',
  'Ireland',
]

interface Order {
  readonly at: number
  readonly customer: number | null
  readonly country: string
  readonly size: number
}

const orders: Order[] = []
for (let customer = 0; customer < Number(customerCount); customer++) {
  const rate = Math.exp(-3.6 + 0.9 * normal())
  const leaves = Math.min(0.6, Math.exp(-2.2 + 0.8 * normal()))
  const size = Math.exp(1.2 + 0.5 * normal())
  const country = pick(countries)
  const known = random() > 0.03
  for (let day = random() * DAYS * 0.85; day < DAYS; day += exponential(rate)) {
    orders.push({
      at: START_MS + Math.floor((day * DAY_MS) / 60_000) * 60_000,
      customer: known ? 12_000 + customer : null,
      country,
      size: 1 + Math.floor(size * -Math.log(1 - random())),
    })
    if (random() < leaves) break
  }
}
orders.sort((a, b) => a.at - b.at || (a.customer ?? 0) - (b.customer ?? 0))

mkdirSync(dirname(file), { recursive: true })
const temporary = `${file}.tmp-${process.pid}`
rmSync(temporary, { force: true })
const database = new DatabaseSync(temporary)
database.exec(`CREATE TABLE invoices (
  InvoiceNo TEXT NOT NULL, StockCode TEXT NOT NULL, Description TEXT, Quantity INTEGER NOT NULL,
  InvoiceDate TIMESTAMP NOT NULL, UnitPrice REAL NOT NULL, CustomerID INTEGER, Country TEXT NOT NULL)`)
const insert = database.prepare('INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
let lines = 0
database.exec('BEGIN')
for (const [index, order] of orders.entries()) {
  const number = String(500_000 + index)
  const at = new Date(order.at).toISOString().slice(0, 19).replace('T', ' ')
  for (let line = 0; line < order.size; line++, lines++) {
    const product = pick(products)
    const quantity = 1 + Math.floor(-6 * Math.log(1 - random()))
    insert.run(number, product.code, product.description, quantity, at, product.price, order.customer, order.country)
    if (random() < 0.015) {
      insert.run(
        `C${number}`,
        product.code,
        product.description,
        -quantity,
        at,
        product.price,
        order.customer,
        order.country,
      )
      lines++
    }
  }
}
database.exec('COMMIT')
database.close()
renameSync(temporary, file)
console.log(`${file}: ${lines} invoice lines, ${orders.length} orders, ${customerCount} customers (seed ${seed})`)
