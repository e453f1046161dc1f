namespace SignIn;

/// <summary>Which account is signed in.</summary>
internal sealed record SignedIn(string Name);
