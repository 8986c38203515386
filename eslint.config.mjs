import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["build/**", "node_modules/**", "**/*.generated.ts"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      // Callbacks and message handlers have the arguments of their interface.
      "@typescript-eslint/no-unused-vars": ["error", { args: "none" }],
      "prefer-const": "off",
    },
  },
);
