/** Tailwind, as Next.js runs it over the pages' styles. */
export default { plugins: { "@tailwindcss/postcss": {} } };
