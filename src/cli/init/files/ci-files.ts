export type CiSystem = 'gitlab' | 'github'

/** A pipeline definition for the team's CI: it installs, runs the tests, and says what would run. */
export function ciFiles(system: CiSystem, pipeline: string): Record<string, string> {
  return system === 'gitlab'
    ? { '.gitlab-ci.yml': gitlab(pipeline) }
    : { '.github/workflows/check.yml': github(pipeline) }
}

function gitlab(pipeline: string): string {
  return `# Every push: the tests, and the plan of the pipeline. The run itself needs the data and is started by hand.
image: node:24

cache:
  paths: [.baton/]

check:
  stage: test
  script:
    - npm install
    - npm test
    - npx baton config

run:
  stage: deploy
  when: manual
  script:
    - npm install
    - npx baton run ${pipeline}
  artifacts:
    when: always
    paths: [.baton/reports/]
`
}

function github(pipeline: string): string {
  return `# Every push: the tests, and the settings. The run itself needs the data and is started by hand.
name: check
on:
  push:
  workflow_dispatch:

jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - run: npm install
      - run: npm test
      - run: npx baton config
      - if: github.event_name == 'workflow_dispatch'
        run: npx baton run ${pipeline}
`
}
