/** The version of MLflow whose interface is served: clients read it at /version to know what they may call. */
export const mlflowVersion = '3.17.2'
