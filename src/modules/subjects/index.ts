export { SubjectsModule } from './subjects.module.js';
