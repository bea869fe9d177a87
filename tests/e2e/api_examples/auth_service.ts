// What the example of API.md leaves out: who calls, and where.
export class AuthService {
    constructor(private baseUrl: string, private token: string) {}

    async makeAuthenticatedRequest(path: string, init: RequestInit): Promise<any> {
        const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
        // For a form, fetch itself writes the type with the boundary.
        if (typeof init.body === 'string') {
            headers['Content-Type'] = 'application/json';
        }
        const response = await fetch(`${this.baseUrl}${path}`, { ...init, headers });
        const body = await response.json();
        if (!response.ok) {
            throw new Error(`${response.status}: ${JSON.stringify(body)}`);
        }
        return body;
    }
}
