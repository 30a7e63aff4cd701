/** Files of every new project that do not depend on its data; their paths are those of the project's tree. */
export function projectFiles(project: {
  readonly name: string
  readonly version: string
  readonly pipeline: string
}): Record<string, string> {
  return {
    'package.json': `${JSON.stringify(
      {
        name: project.name,
        version: '0.1.0',
        private: true,
        type: 'module',
        scripts: {
          start: `baton run ${project.pipeline}`,
          plan: `baton run ${project.pipeline} --dry-run`,
          test: 'baton test',
          types: 'tsc -p .',
        },
        devDependencies: { '@types/node': '^24.0.0', 'baton-ml': `^${project.version}`, typescript: '^6.0.0' },
        // Neither script is needed: one would download CUDA, the other only counts versions.
        allowScripts: { 'onnxruntime-node': false, protobufjs: false },
        engines: { node: '>=24' },
      },
      undefined,
      2,
    )}\n`,
    'tsconfig.json': `${JSON.stringify(
      {
        compilerOptions: {
          target: 'es2024',
          module: 'nodenext',
          moduleResolution: 'nodenext',
          types: ['node'],
          strict: true,
          noEmit: true,
          allowImportingTsExtensions: true,
          erasableSyntaxOnly: true,
          verbatimModuleSyntax: true,
          skipLibCheck: true,
        },
        include: ['baton.config.ts', 'contracts', 'pipelines', 'src', 'tests'],
      },
      undefined,
      2,
    )}\n`,
    '.gitignore': [
      '# What Baton keeps, and data: neither belongs in git.',
      '.baton/',
      'data/external/*',
      'data/raw/*',
      'data/interim/*',
      'data/processed/*',
      'models/*',
      '!.gitkeep',
      '',
      '# Of one machine only.',
      '.env',
      'node_modules/',
      '.venv/',
      '__pycache__/',
      '.ipynb_checkpoints/',
      '',
    ].join('\n'),
    '.editorconfig': [
      'root = true',
      '',
      '[*]',
      'charset = utf-8',
      'end_of_line = lf',
      'indent_style = space',
      'indent_size = 2',
      'insert_final_newline = true',
      'trim_trailing_whitespace = true',
      '',
      '[*.py]',
      'indent_size = 4',
      '',
      '[*.md]',
      'trim_trailing_whitespace = false',
      '',
    ].join('\n'),
    '.vscode/settings.json': `${JSON.stringify(
      {
        'editor.rulers': [120],
        'files.exclude': { '.baton': true, '**/__pycache__': true },
        'search.exclude': { '.baton': true, data: true },
        'python.defaultInterpreterPath': '.venv/bin/python',
      },
      undefined,
      2,
    )}\n`,
    '.vscode/extensions.json': `${JSON.stringify({ recommendations: ['editorconfig.editorconfig', 'ms-python.python'] }, undefined, 2)}\n`,
    ...folderFiles,
  }
}

/** The folders of the tree, each with one sentence on what belongs there. */
const folderFiles: Readonly<Record<string, string>> = {
  'configs/README.md':
    'Settings of single experiments, one file each. The settings of the project are in `baton.config.ts`.\n',
  'data/README.md': [
    'Data, in the order in which it is made. Nothing in here is in git.',
    '',
    '- `external/`: from third parties',
    '- `raw/`: as it came, never changed by hand',
    '- `interim/`: on its way',
    '- `processed/`: final tables that leave the project',
    '',
    'The versions that Baton has read are in its store; `baton data list` shows them.',
    '',
  ].join('\n'),
  'data/external/.gitkeep': '',
  'data/raw/.gitkeep': '',
  'data/interim/.gitkeep': '',
  'data/processed/.gitkeep': '',
  'docs/README.md': 'What a newcomer must know: the goal, who decides, how the model is used.\n',
  'models/.gitkeep': '',
  'notebooks/README.md':
    'Notebooks for looking around, named `1.0-initials-topic.ipynb`. What stays useful moves to `src/` and becomes a step.\n',
  'reports/README.md': 'Reports for people; `figures/` holds the pictures in them.\n',
  'reports/figures/.gitkeep': '',
  'scripts/README.md':
    'Small programs that are called by hand. What belongs to the belt is a step of a pipeline instead.\n',
  'src/README.md':
    'Code of the project. A step uses a file of it with `p.step(…)` or `run: "src/train.ts"`; a change here re-runs just the steps that import it.\n',
  'sql/README.md':
    'Queries that make a dataset from others: `p.sql("name", { file: "sql/name.sql", inputs: { … } })`.\n',
}
