namespace SignIn;

/// <summary>The names of an account's claims, in its cookie and its tokens.</summary>
internal static class AccountClaim
{
    public const string Subject = "sub";
    public const string Name = "name";
    public const string Role = "role";
}
