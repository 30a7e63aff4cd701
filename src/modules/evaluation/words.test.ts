import { expect, test } from 'vitest'

import {
  intervalText,
  moneyText,
  numberText,
  percentText,
  resultText,
  scoreText,
  signedText,
  sizeText,
  textLike,
} from './words.ts'

test('numbers have four significant digits, a real minus and separators', () => {
  expect([0.123456, 12.3456, 1234.56, -0.000123456, 0, 1e12, 1e-9].map((value) => numberText(value))).toEqual([
    '0.1235',
    '12.35',
    '1,235',
    '−0.0001235',
    '0',
    '1.000e+12',
    '1.000e−9',
  ])
  expect(numberText(Number.NaN)).toBe('–')
})

test('scores have four decimals, so that columns line up', () => {
  expect([0.5, 1, -0.01, 12.3456].map(scoreText)).toEqual(['0.5000', '1.0000', '−0.0100', '12.35'])
  expect(signedText(0.0123)).toBe('+0.0123')
})

test('a difference has the decimals of what it is a difference of, and no minus before zero', () => {
  expect(textLike(2.916)(-0.002371)).toBe('−0.002')
  expect(textLike(2.916)(-0.0001)).toBe('0.000')
  expect(textLike(41_234)(12.6)).toBe('13')
})

test('intervals, shares, money and sizes', () => {
  expect(intervalText({ value: 0.7432, lower: 0.7251, upper: 0.7601 })).toBe('0.743 [0.725, 0.760]')
  expect(intervalText({ value: 1240 })).toBe('1,240')
  expect(percentText(0.7432)).toBe('74.3 %')
  expect([5, 3.5, -1240.4, 0.125].map((amount) => moneyText(amount, 'EUR'))).toEqual([
    'EUR 5',
    'EUR 3.50',
    'EUR −1,240',
    'EUR 0.13',
  ])
  expect(resultText(-310, 'EUR')).toBe('costs EUR 310')
  expect([999, 41_200, 1_400_000_000].map(sizeText)).toEqual(['999 B', '41.2 kB', '1.40 GB'])
})
