import { randomInt } from 'node:crypto'

const adjectives =
  'able amused awake bold brave bright calm careful clean clever crisp curious daring eager fair fast fine fresh gentle glad golden grand happy honest keen kind lively lucky mellow merry neat nimble noble patient placid polite proud quick quiet rapid ready sharp shiny silent sincere smooth sturdy sunny swift tidy upbeat vivid warm wise witty'.split(
    ' ',
  )

const animals =
  'ant badger bear beaver bee bison boar bird bug calf carp cat colt crab crane crow deer dog dolphin dove duck eel elk falcon fawn finch fish fly fox frog goat goose gnat grouse gull hare hawk hen hog horse hound jay kit lamb lark loon lynx mare mink mole moose moth mouse mule newt otter owl ox panda perch pig pug quail ram rat ray robin roo rook seal shad shark sheep shoat shrew shrike skink skunk slug smelt snail snake snipe sow squid stag steed stoat stork swan tern toad trout turtle vole wasp whale wolf worm wren yak zebra'.split(
    ' ',
  )

/** A name that a person can remember and say, such as `gentle-otter-417`; not unique. */
export function randomRunName(): string {
  return `${adjectives[randomInt(adjectives.length)]}-${animals[randomInt(animals.length)]}-${randomInt(1000)}`
}
