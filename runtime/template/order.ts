import { references } from './intrinsics.ts';
import type { TemplateResource } from './template.ts';

/** Logical ids in an order in which each stands behind what it refers to or depends on. Throws Error naming a circle. */
export const creationOrder = (resources: Readonly<Record<string, TemplateResource>>): string[] => {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]) => {
    if (done.has(id)) return;
    if (trail.includes(id))
      throw new Error(`Circular dependency between resources: ${[...trail.slice(trail.indexOf(id)), id].join(' → ')}`);
    const resource = resources[id];
    if (!resource) return;
    const named = [resource.DependsOn ?? []].flat();
    for (const name of named)
      if (!resources[name]) throw new Error(`${id}: DependsOn names ${name}, which the template does not have`);
    for (const name of [...named, ...references(resource.Properties)]) visit(name, [...trail, id]);
    done.add(id);
    order.push(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  return order;
};
