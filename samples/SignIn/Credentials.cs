namespace SignIn;

/// <summary>The name and the password that the page sends to sign in.</summary>
internal sealed record Credentials(string Name, string Password);
