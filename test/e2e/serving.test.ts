/** What becomes of models that passed. */
import './registry.part.ts';
import './rollback.part.ts';
import './policies.part.ts';
import './awsCli.part.ts';
import './approval.part.ts';
import './alarms.part.ts';
