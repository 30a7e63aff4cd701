import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)

/** OWASP's password storage cheat sheet: N = 2^15, r = 8, p = 3, about 32 MiB and a quarter of a second. */
const cost = { N: 2 ** 15, r: 8, p: 3 } as const
const keyBytes = 32

async function hashWith(password: string, salt: Buffer, { N, r, p }: { N: number; r: number; p: number }) {
  // Equal passwords of two keyboards may differ in their code points.
  return await derive(password.normalize('NFKC'), salt, keyBytes, { N, r, p, maxmem: 256 * N * r })
}

/** A text with the salt and the costs in it, from which the password cannot be had. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await hashWith(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** True when the password is the one that was hashed; takes as long when it is not. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [kind, N, r, p, salt, key] = hash.split('$')
  if (kind !== 'scrypt' || salt === undefined || key === undefined) return false
  const found = await hashWith(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  const expected = Buffer.from(key, 'base64url')
  return found.length === expected.length && timingSafeEqual(found, expected)
}
