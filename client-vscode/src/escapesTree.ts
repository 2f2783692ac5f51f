/** The view "Escapes": workspace folder, package, function, allocation site. */
import * as vscode from 'vscode';

import type { Place, Rank, Site } from './allocationSites.ts';
import type { Server } from './server.ts';
import { ranks, sum, withPercent, type Counts } from './statusText.ts';

interface PackageFacts {
  readonly name: string;
  readonly uri: string;
  readonly folder: string;
  readonly waits: string;
  readonly counts: Counts;
}

interface FunctionFacts {
  readonly name: string;
  readonly location: Place;
  readonly counts: Counts;
  /** Which part of all allocations a profile saw there; empty without any. */
  readonly percent?: string;
  readonly sites: readonly Site[];
}

/** A line that allocates, according to the profiles that are loaded. */
interface Source {
  readonly function: string;
  readonly message: string;
  readonly share: string;
  readonly percent?: string;
  readonly hot: boolean;
  readonly location: Place | null;
}

export interface TopAllocations {
  readonly profiles: readonly string[];
  readonly amount: string;
  readonly sources: readonly Source[];
  /** How many more there are. */
  readonly more: number;
}

export interface Filter {
  readonly minimumSeverity: Rank;
  readonly causes: readonly string[];
}

export const EVERYTHING: Filter = { minimumSeverity: 'hint', causes: [] };

type Node =
  | { readonly kind: 'folder'; readonly uri: string; readonly packages: readonly PackageFacts[] }
  | { readonly kind: 'profiles'; readonly top: TopAllocations }
  | { readonly kind: 'source'; readonly source: Source }
  | { readonly kind: 'package'; readonly facts: PackageFacts }
  | { readonly kind: 'function'; readonly packageUri: string; readonly facts: FunctionFacts }
  | { readonly kind: 'site'; readonly packageUri: string; readonly site: Site };

const ICONS: Record<Rank, vscode.ThemeIcon> = {
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('goescape.warning')),
  information: new vscode.ThemeIcon('info', new vscode.ThemeColor('goescape.information')),
  hint: new vscode.ThemeIcon('circle-outline', new vscode.ThemeColor('goescape.hint')),
};

export class Tree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  private readonly subscriptions: { dispose(): unknown }[];
  private currentFilter = EVERYTHING;
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
    this.view = vscode.window.createTreeView('goescape.escapes', {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    const refresh = (): void => {
      this.refresh();
    };
    this.subscriptions = [
      this.changed,
      this.view,
      server.onDidChangeResults(refresh),
      server.onDidChangeState((state) => {
        void vscode.commands.executeCommand('setContext', 'goescape.state', state.kind);
        if (state.kind !== 'running' || state.status.state !== 'analyzing') {
          refresh();
        }
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  get filter(): Filter {
    return this.currentFilter;
  }

  set filter(filter: Filter) {
    this.currentFilter = filter;
    const isFiltered = filter.minimumSeverity !== 'hint' || filter.causes.length > 0;
    void vscode.commands.executeCommand('setContext', 'goescape.filtered', isFiltered);
    this.refresh();
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    switch (node?.kind) {
      case undefined:
        return this.roots();
      case 'folder':
        return node.packages.map(packageNode);
      case 'package':
        return this.functions(node.facts);
      case 'function':
        return node.facts.sites.map((site) => ({
          kind: 'site',
          packageUri: node.packageUri,
          site,
        }));
      case 'profiles':
        return node.top.sources.map((source) => ({ kind: 'source', source }));
      case 'site':
      case 'source':
        return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderItem(node.uri, node.packages);
      case 'package':
        return packageItem(node.facts);
      case 'function':
        return functionItem(node.packageUri, node.facts);
      case 'site':
        return siteItem(node.packageUri, node.site);
      case 'profiles':
        return profilesItem(node.top);
      case 'source':
        return sourceItem(node.source);
    }
  }

  private async roots(): Promise<Node[]> {
    const [packages, top] = await Promise.all([
      this.server.ask<PackageFacts[]>('goescape.packages', this.currentFilter),
      this.server.ask<TopAllocations>('goescape.topAllocations'),
    ]);
    void vscode.commands.executeCommand('setContext', 'goescape.profiled', top !== undefined);
    const profiles: Node[] = top === undefined ? [] : [{ kind: 'profiles', top }];
    const total = (packages ?? []).reduce((sites, facts) => sites + sum(facts.counts), 0);
    this.view.description = total === 0 ? '' : `${String(total)}${this.filterText()}`;
    if (packages === undefined || packages.length === 0) {
      return profiles;
    }
    const folders = new Map<string, PackageFacts[]>();
    for (const facts of packages) {
      folders.set(facts.folder, [...(folders.get(facts.folder) ?? []), facts]);
    }
    if ((vscode.workspace.workspaceFolders?.length ?? 0) < 2 && folders.size < 2) {
      return [...profiles, ...packages.map(packageNode)];
    }
    const inFolders = [...folders].map(([uri, inside]): Node => ({
      kind: 'folder',
      uri,
      packages: inside,
    }));
    return [...profiles, ...inFolders];
  }

  private filterText(): string {
    const { minimumSeverity, causes } = this.currentFilter;
    const rank = minimumSeverity === 'hint' ? [] : [`${minimumSeverity} or more`];
    const words = [...rank, ...causes].join(', ');
    return words === '' ? '' : ` (${words})`;
  }

  private async functions(facts: PackageFacts): Promise<Node[]> {
    const functions = await this.server.ask<FunctionFacts[]>(
      'goescape.sites',
      facts.uri,
      this.currentFilter,
    );
    return (functions ?? []).map((inPackage) => ({
      kind: 'function',
      packageUri: facts.uri,
      facts: inPackage,
    }));
  }
}

const packageNode = (facts: PackageFacts): Node => ({ kind: 'package', facts });

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

function folderItem(uri: string, packages: readonly PackageFacts[]): vscode.TreeItem {
  const folder = uri === '' ? undefined : vscode.Uri.parse(uri);
  const item = new vscode.TreeItem(
    folder?.path.split('/').pop() ?? 'outside the workspace',
    Expanded,
  );
  item.id = `folder ${uri}`;
  item.description = String(packages.reduce((total, facts) => total + sum(facts.counts), 0));
  item.iconPath = vscode.ThemeIcon.Folder;
  return item;
}

function profilesItem(top: TopAllocations): vscode.TreeItem {
  const item = new vscode.TreeItem('Top allocations', Collapsed);
  item.id = 'profiles';
  item.description = top.profiles.join(', ');
  item.tooltip = `${top.amount}${top.more > 0 ? `; ${String(top.more)} more lines allocate` : ''}`;
  item.iconPath = new vscode.ThemeIcon('flame');
  item.contextValue = 'profiles';
  return item;
}

function sourceItem(source: Source): vscode.TreeItem {
  const item = new vscode.TreeItem(source.function.replace(/^.*\//, ''), None);
  item.description = source.percent ?? '';
  item.tooltip = new vscode.MarkdownString(`${source.message}\n\n_${source.share}_`);
  item.iconPath = source.hot ? ICONS.warning : ICONS.hint;
  item.contextValue = 'source';
  if (source.location !== null) {
    item.command = { command: 'goescape.open', title: 'Open', arguments: [source.location] };
  }
  return item;
}

function packageItem(facts: PackageFacts): vscode.TreeItem {
  const item = new vscode.TreeItem(facts.name, Collapsed);
  item.id = `package ${facts.uri} ${facts.name}`;
  item.description = String(sum(facts.counts)) + (facts.waits === '' ? '' : ' (does not compile)');
  item.tooltip = facts.waits === '' ? ranks(facts.counts) : facts.waits;
  item.iconPath = new vscode.ThemeIcon(facts.waits === '' ? 'package' : 'error');
  item.contextValue = 'package';
  return item;
}

function functionItem(packageUri: string, facts: FunctionFacts): vscode.TreeItem {
  const item = new vscode.TreeItem(facts.name === '' ? 'package level' : facts.name, Collapsed);
  item.id = `function ${packageUri} ${facts.name} ${facts.location.uri}`;
  item.description = withPercent(String(sum(facts.counts)), facts.percent);
  item.tooltip = ranks(facts.counts);
  item.iconPath = new vscode.ThemeIcon('symbol-function');
  item.contextValue = 'function';
  item.command = { command: 'goescape.open', title: 'Open', arguments: [facts.location, true] };
  return item;
}

function siteItem(packageUri: string, site: Site): vscode.TreeItem {
  const { start } = site.location.range;
  const item = new vscode.TreeItem(site.subject.replace(/\s+/g, ' '), None);
  item.id = `site ${packageUri} ${site.location.uri} ${String(start.line)}:${String(start.character)} ${site.subject}`;
  item.description = withPercent(`${site.label}, line ${String(start.line + 1)}`, site.percent);
  const share = site.share === '' ? '' : `\n\n**${site.share}**`;
  item.tooltip = new vscode.MarkdownString(`${site.message}${share}\n\n_${site.reason}_`);
  item.iconPath = ICONS[site.severity];
  item.contextValue = 'site';
  item.command = { command: 'goescape.open', title: 'Open', arguments: [site.location] };
  return item;
}

/** What a command gets when it is picked from the menu of a node. */
export function target(node: unknown): {
  readonly uri?: string;
  readonly flow?: readonly unknown[];
} {
  const picked = node as Node | undefined;
  switch (picked?.kind) {
    case 'package':
      return { uri: picked.facts.uri };
    case 'function':
      return { uri: picked.facts.location.uri };
    case 'site':
      return { uri: picked.site.location.uri, flow: picked.site.flow };
    default:
      return {};
  }
}
