namespace SignIn;

/// <summary>A token to connect with.</summary>
internal sealed record IssuedToken(string Token);
