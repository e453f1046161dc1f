namespace SignIn;

/// <summary>The names of the policies of authorization.</summary>
internal static class SignInPolicy
{
    /// <summary>A browser that has signed in.</summary>
    public const string Cookie = "cookie";

    /// <summary>A client with a token that has not expired.</summary>
    public const string Token = "token";

    /// <summary>An account that has the role of the staff.</summary>
    public const string Staff = "staff";
}
