/** What comes of permissions and functions that are taken away. */
import './permission.part.ts';
import './deadLetters.part.ts';
