namespace SignIn;

/// <summary>The accounts in the settings.</summary>
internal sealed class AccountOptions
{
    /// <summary>The accounts. Names are unique.</summary>
    public IList<Account> Accounts { get; } = [];
}
